-- Makes room for events whose kind decides the shape of their data.
RENAME TABLE events TO former_events;
