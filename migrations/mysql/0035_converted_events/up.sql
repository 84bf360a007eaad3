-- Before this the server itself has converted the events, a thousand at a time.
DROP TABLE former_events;
