-- Suspending asks who else is an admin.
ALTER TABLE accounts
    ADD COLUMN suspended_at BIGINT,
    ADD KEY accounts_by_admin (admin, user_id);
