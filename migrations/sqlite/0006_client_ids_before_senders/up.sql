-- Client ids that begin with the time, as Hexroom's own clients make them, lie side by side in an index
-- in which they come first: a batch of messages changes a few of its pages. Behind the senders each lay
-- on a page of its own, which was written with the batch and once more at the next checkpoint.
DROP INDEX events_by_client_message;

CREATE UNIQUE INDEX events_by_client_message ON events (client_message_id, actor_id)
    WHERE client_message_id IS NOT NULL;
