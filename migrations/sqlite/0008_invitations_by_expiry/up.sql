-- Of a room's invitations those that can still be open are counted, and the others are not looked at.
CREATE INDEX invitations_by_expiry ON invitations (room_id, expires_at);
