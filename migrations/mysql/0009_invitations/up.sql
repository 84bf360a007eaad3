CREATE TABLE invitations (
    invitation_id BINARY(16) NOT NULL PRIMARY KEY,
    room_id BINARY(16) NOT NULL,
    invitee_id VARCHAR(32) NOT NULL,
    token_hash BINARY(32) NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    revoked_at BIGINT,
    UNIQUE KEY invitations_by_token (token_hash),
    KEY invitations_by_room (room_id, invitation_id),
    KEY invitations_by_invitee (invitee_id),
    FOREIGN KEY (room_id) REFERENCES rooms (room_id),
    FOREIGN KEY (invitee_id) REFERENCES accounts (user_id),
    CHECK (used_at IS NULL OR revoked_at IS NULL)
) ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_bin;
