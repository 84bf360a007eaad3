INSERT INTO coin_accounts (coin_account_id) VALUES ('@mint'), ('@house');
