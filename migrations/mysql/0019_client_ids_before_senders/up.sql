-- Client ids that begin with the time, as Hexroom's own clients make them, are added at the end of an
-- index in which they come first. Behind the senders each belongs somewhere else.
ALTER TABLE events
    DROP KEY events_by_client_message,
    ADD UNIQUE KEY events_by_client_message (client_message_id, actor_id);
