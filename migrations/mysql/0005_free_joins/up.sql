ALTER TABLE accounts ADD FOREIGN KEY (free_join_room_id) REFERENCES rooms (room_id);
