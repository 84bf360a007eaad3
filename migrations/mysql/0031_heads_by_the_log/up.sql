-- A room's head is the seq of the newest event in its log, and stands nowhere else.
ALTER TABLE rooms DROP COLUMN head_seq;
