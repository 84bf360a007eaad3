use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::ops::{Deref, DerefMut};
use std::time::{Duration, Instant};

use diesel::connection::{Connection as DieselConnection, SimpleConnection, TransactionManager};
use diesel::sql_types::{BigInt, Nullable};
use diesel::{QueryResult, QueryableByName, RunQueryDsl};
use diesel_async::AsyncMysqlConnection;
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use mysql_async::{Conn, DriverError, Error, IoError, Opts, OptsBuilder, SslOpts};
use rustls::crypto::aws_lc_rs;
use secrecy::ExposeSecret;
use tokio::net::lookup_host;

use crate::deadline::{UpToTheDeadline, wait};
use crate::open_error::OpenError;
use crate::settings::{Settings, Tls};

/// What every session begins with: all that the code relies on, whatever the server gives its sessions.
/// A variable that one kind of server lacks stands in a comment that only the other one reads. None of
/// them takes a right to be set.
///
/// - The driver passes on the text of errors alone, by which they are told apart: so it is in English.
/// - A session whose client has gone without a word ends by itself, and with it the locks it holds; but no
///   statement, and no transaction that still goes on, is given up for taking long.
/// - `sql_big_selects` comes after `max_join_size`, which resets it.
const SESSION: [&str; 2] = [
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE",
    "SET SESSION autocommit = 1, completion_type = NO_CHAIN, lc_messages = 'en_US', time_zone = '+00:00', \
     sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,\
     NO_ENGINE_SUBSTITUTION', default_storage_engine = InnoDB, foreign_key_checks = 1, unique_checks = 1, \
     sql_select_limit = 18446744073709551615, max_join_size = 18446744073709551615, sql_big_selects = 1, \
     max_sort_length = 1024, sql_safe_updates = 0, sql_auto_is_null = 0, \
     innodb_lock_wait_timeout = 1, lock_wait_timeout = 1, wait_timeout = 15, net_read_timeout = 60, \
     net_write_timeout = 60 \
     /*!80016 , max_execution_time = 0 */ \
     /*M! , max_statement_time = 0, check_constraint_checks = 1, idle_transaction_timeout = 0, \
     idle_readonly_transaction_timeout = 0, idle_write_transaction_timeout = 0, sql_if_exists = 0, \
     tmp_disk_table_size = 18446744073709551615, max_session_mem_used = 9223372036854775807 */",
];

/// A host that has gone is noticed after a few of these, also between two statements.
const KEEPALIVE: Duration = Duration::from_secs(10);

type Wrapped = AsyncConnectionWrapper<AsyncMysqlConnection, UpToTheDeadline>;
type Transactions = <Wrapped as DieselConnection>::TransactionManager;

/// The next transaction reads what is committed as it begins, and nothing of what comes after.
const BEGIN_VIEW: &str = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; \
                          START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY";

/// A session with the server, which waits up to the deadline that holds on its thread.
pub(crate) struct Connection {
    wrapped: Wrapped,
    /// When it last did something.
    pub(crate) used_at: Instant,
}

infra_sql::implement_statements!(crate::connection::Connection);

impl Connection {
    /// Signs in.
    pub(crate) fn open(settings: &Settings) -> Result<Self, OpenError> {
        let signed_in = wait(sign_in(settings))?;
        Ok(Self { wrapped: signed_in.into(), used_at: Instant::now() })
    }

    /// Asks the server for an answer.
    pub(crate) fn ping(&mut self) -> QueryResult<()> {
        self.wrapped.batch_execute("DO 1")
    }

    /// The one number that a query answers.
    pub(crate) fn number(&mut self, query: &str) -> QueryResult<Option<i64>> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Nullable<BigInt>)]
            number: Option<i64>,
        }
        let row: Row = diesel::sql_query(query).get_result(&mut self.wrapped)?;
        Ok(row.number)
    }

    /// Begins a transaction that writes.
    pub(crate) fn begin(&mut self) -> QueryResult<()> {
        Transactions::begin_transaction(&mut self.wrapped)
    }

    /// Makes what was written durable.
    pub(crate) fn commit(&mut self) -> QueryResult<()> {
        Transactions::commit_transaction(&mut self.wrapped)
    }

    /// Takes back what was written.
    pub(crate) fn roll_back(&mut self) -> QueryResult<()> {
        Transactions::rollback_transaction(&mut self.wrapped)
    }

    /// Begins to read as of one moment.
    pub(crate) fn begin_view(&mut self) -> QueryResult<()> {
        self.wrapped.batch_execute(BEGIN_VIEW)
    }

    /// Ends what [`begin_view`](Self::begin_view) began.
    pub(crate) fn end_view(&mut self) -> QueryResult<()> {
        self.wrapped.batch_execute("COMMIT")
    }

    /// Whether no transaction is open, so that the next may begin.
    pub(crate) fn is_free(&mut self) -> bool {
        !Transactions::is_broken_transaction_manager(&mut self.wrapped)
    }
}

impl Deref for Connection {
    type Target = Wrapped;

    fn deref(&self) -> &Wrapped {
        &self.wrapped
    }
}

impl DerefMut for Connection {
    fn deref_mut(&mut self) -> &mut Wrapped {
        &mut self.wrapped
    }
}

async fn sign_in(settings: &Settings) -> Result<AsyncMysqlConnection, OpenError> {
    let found = lookup_host((settings.host.as_str(), settings.port)).await;
    let addresses: Vec<IpAddr> = found
        .map_err(|source| OpenError::UnknownHost { host: settings.host.clone(), source })?
        .map(|address: SocketAddr| address.ip())
        .collect();
    let options = |tls| options(settings, addresses.clone(), tls);
    let connected = match settings.tls {
        Tls::Off => Conn::new(options(None)).await,
        Tls::Required => Conn::new(options(Some(checked_tls(settings)?))).await,
        Tls::Preferred => {
            let tls = checked_tls(settings)?.with_danger_accept_invalid_certs(settings.tls_ca.is_none());
            match Conn::new(options(Some(tls))).await {
                Err(Error::Driver(DriverError::NoClientSslFlagFromServer)) => Conn::new(options(None)).await,
                connected => connected,
            }
        }
    };
    let connection = connected.map_err(|error| refused(settings, error))?;
    let signed_in = AsyncMysqlConnection::try_from(connection).await;
    signed_in.map_err(|error| OpenError::Database(Box::new(error)))
}

fn options(settings: &Settings, addresses: Vec<IpAddr>, tls: Option<SslOpts>) -> Opts {
    let password = settings.password.as_ref().map(|password| password.expose_secret().to_owned());
    OptsBuilder::default()
        .ip_or_hostname(settings.host.clone())
        .resolved_ips(Some(addresses))
        .tcp_port(settings.port)
        .user(Some(settings.user.clone()))
        .pass(password)
        .db_name(Some(settings.database.clone()))
        .ssl_opts(tls)
        .tcp_keepalive(Some(u32::try_from(KEEPALIVE.as_millis()).unwrap_or(u32::MAX)))
        .prefer_socket(false)
        // Diesel keeps the statements.
        .stmt_cache_size(0)
        // An update counts the rows that it meets, also those that already were so.
        .client_found_rows(true)
        .init(SESSION.to_vec())
        .into()
}

/// Encryption that trusts the authorities of `DB_TLS_CA`, or else the public ones.
fn checked_tls(settings: &Settings) -> Result<SslOpts, OpenError> {
    // Chosen here, because where several are linked the driver would find none. A provider that
    // was chosen before is as good.
    drop(aws_lc_rs::default_provider().install_default());
    let Some(path) = &settings.tls_ca else { return Ok(SslOpts::default()) };
    let unreadable = |source| OpenError::TlsCa { path: path.clone(), source };
    let authorities = std::fs::read(path).map_err(unreadable)?;
    if !authorities.windows(BEGIN.len()).any(|window| window == BEGIN) {
        return Err(unreadable(io::Error::new(ErrorKind::InvalidData, "no certificate is in it")));
    }
    Ok(SslOpts::default().with_root_certs(vec![authorities.into()]).with_disable_built_in_roots(true))
}

const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// Says what is wrong with the settings that led there.
fn refused(settings: &Settings, error: Error) -> OpenError {
    let address = || settings.address();
    let user = || settings.user.clone();
    let database = || settings.database.clone();
    match error {
        Error::Server(server) => {
            let source = server.message.clone().into();
            match server.code {
                1045 | 1130 | 1251 | 1396 | 1698 | 1820 | 1862 | 3118 | 3159 => {
                    OpenError::SignIn { user: user(), source }
                }
                1044 | 1142 | 1227 => OpenError::MissingGrant { user: user(), database: database(), source },
                1049 => OpenError::NoDatabase { database: database() },
                1040 | 1203 | 1226 => OpenError::NoConnectionLeft { source },
                _ => OpenError::Database(source),
            }
        }
        Error::Io(IoError::Tls(source)) => OpenError::Tls { source: Box::new(source) },
        Error::Io(IoError::Io(source))
            if source.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>) =>
        {
            OpenError::Tls { source: source.into() }
        }
        Error::Io(IoError::Io(source)) => match source.kind() {
            ErrorKind::InvalidData | ErrorKind::UnexpectedEof | ErrorKind::Other => {
                OpenError::NotMysql { address: address(), source: source.into() }
            }
            _ => OpenError::Unreachable { address: address(), source: source.into() },
        },
        Error::Driver(DriverError::NoClientSslFlagFromServer) => OpenError::NoTls,
        Error::Driver(source @ DriverError::ConnectionClosed) => {
            OpenError::Unreachable { address: address(), source: Box::new(source) }
        }
        Error::Driver(source) => OpenError::NotMysql { address: address(), source: Box::new(source) },
        other => OpenError::Database(Box::new(other)),
    }
}

#[cfg(test)]
mod tests {
    use mysql_async::Value;
    use mysql_async::prelude::Queryable;
    use test_databases::DatabaseProcess;

    use super::*;

    /// What sessions are given, and what ours has instead, of every variable that is hostile.
    async fn variables(connection: &mut Conn) -> Vec<(String, Value, Value)> {
        let mut variables = Vec::new();
        for name in DatabaseProcess::hostile_globals() {
            let values: Result<Option<(Value, Value)>, _> =
                connection.query_first(format!("SELECT @@GLOBAL.{name}, @@SESSION.{name}")).await;
            match values {
                Ok(values) => {
                    let (global, session) = values.expect("one row");
                    variables.push((name.to_owned(), global, session));
                }
                // The other kind of server has it, or no session has.
                Err(Error::Server(error)) if matches!(error.code, 1193 | 1238) => {}
                Err(error) => panic!("{name}: {error}"),
            }
        }
        variables
    }

    async fn nothing_hostile_reaches_a_session(program: &str) {
        let process = DatabaseProcess::start(program).await;
        process.set_hostile_globals().await;
        process
            .server()
            .execute(&["CREATE USER lowly", "CREATE DATABASE theirs", "GRANT SELECT ON theirs.* TO lowly"])
            .await;
        let settings = Settings {
            port: process.server().options().tcp_port(),
            ..Settings::new("127.0.0.1", "lowly", "theirs")
        };
        let mut connection =
            Conn::new(options(&settings, vec![IpAddr::from([127, 0, 0, 1])], None)).await.expect("let in");
        let variables = variables(&mut connection).await;
        assert!(variables.len() > 15, "{variables:?}");
        for (name, global, session) in variables {
            assert_ne!(session, global, "{name}");
        }
    }

    test_databases::with_both_programs! { nothing_hostile_reaches_a_session }
}
