-- Before this the server itself has converted the events.
DROP TABLE former_events;

CREATE UNIQUE INDEX events_by_message ON events (message_id) WHERE message_id IS NOT NULL;

-- Client ids that begin with the time, as Hexroom's own clients make them, lie side by side in an index in which they
-- come first: a batch of messages changes a few of its pages.
CREATE UNIQUE INDEX events_by_client_message ON events (client_message_id, actor_id)
    WHERE client_message_id IS NOT NULL;
