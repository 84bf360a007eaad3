-- Before this the server itself has converted the events.
DROP TABLE former_events;
