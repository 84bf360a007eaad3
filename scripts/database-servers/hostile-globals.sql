-- Settings that nobody should make for all sessions of a database server, but somebody will. Each of these broke, or
-- would break, a client that relies on defaults; all servers that tests run on have them.
-- One statement per line, as `--init-file` requires.
SET GLOBAL autocommit = 0;
SET GLOBAL completion_type = CHAIN;
SET GLOBAL foreign_key_checks = 0;
SET GLOBAL unique_checks = 0;
SET GLOBAL sql_select_limit = 1;
SET GLOBAL max_join_size = 1;
SET GLOBAL sql_big_selects = 0;
SET GLOBAL sql_safe_updates = 1;
SET GLOBAL sql_auto_is_null = 1;
SET GLOBAL max_sort_length = 64;
SET GLOBAL default_storage_engine = MyISAM;
SET GLOBAL innodb_lock_wait_timeout = 1000;
SET GLOBAL lock_wait_timeout = 31536000;
SET GLOBAL net_read_timeout = 5;
SET GLOBAL net_write_timeout = 5;
SET GLOBAL time_zone = '+05:00';
SET GLOBAL lc_messages = 'de_DE';
SET GLOBAL sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,NO_UNSIGNED_SUBTRACTION';
SET GLOBAL TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY;
/*!80016 SET GLOBAL enforce_gtid_consistency = ON */;
/*!80016 SET GLOBAL max_execution_time = 1000 */;
/*M! SET GLOBAL max_statement_time = 1 */;
/*M! SET GLOBAL check_constraint_checks = 0 */;
/*M! SET GLOBAL idle_transaction_timeout = 1 */;
/*M! SET GLOBAL idle_readonly_transaction_timeout = 1 */;
/*M! SET GLOBAL idle_write_transaction_timeout = 1 */;
/*M! SET GLOBAL sql_if_exists = 1 */;
/*M! SET GLOBAL tmp_disk_table_size = 1024 */;
