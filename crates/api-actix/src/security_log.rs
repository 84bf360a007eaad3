//! The security log: who signed in or failed to, and who changed what about who may do what.
//!
//! Everything that goes there is written here. A call says what it is about and to which account, and once it
//! is answered that goes into the log under the target `security`, with the client's network and the outcome.
//! Nothing else has a way in: no password, token, phone number, device or name.

use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::rc::Rc;

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest};
use domain::{AdminRecord, UserId};

use crate::client_address::ClientAddress;
use crate::refusal_code::Code;

/// What a call is about, as far as it has said so yet. A handler may take one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Matter(Rc<Said>);

#[derive(Debug, Default)]
struct Said {
    event: Cell<Option<&'static str>>,
    account: RefCell<Option<UserId>>,
    admin: RefCell<Option<UserId>>,
}

impl Matter {
    /// The matter of a request.
    pub(crate) fn of(request: &HttpRequest) -> Self {
        request.extensions().get::<Self>().cloned().unwrap_or_default()
    }

    /// Says what is done, and with which account if that is known.
    pub(crate) fn is(&self, event: &'static str, account: Option<&UserId>) {
        self.0.event.set(Some(event));
        self.0.account.replace(account.cloned());
    }

    /// Says what an admin does to an account.
    pub(crate) fn is_by(&self, admin: &UserId, event: &'static str, account: Option<&UserId>) {
        self.is(event, account);
        self.0.admin.replace(Some(admin.clone()));
    }
}

impl FromRequest for Matter {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

/// Writes an entry when it is dropped, so also of a call that panics.
struct Entry {
    matter: Matter,
    network: String,
    outcome: &'static str,
}

impl Drop for Entry {
    fn drop(&mut self) {
        let said = &self.matter.0;
        let Some(event) = said.event.get() else { return };
        let (account, admin) = (said.account.borrow(), said.admin.borrow());
        tracing::info!(
            target: "security",
            event,
            account = account.as_ref().map(UserId::as_str),
            admin = admin.as_ref().map(UserId::as_str),
            network = self.network,
            outcome = self.outcome,
            "security"
        );
    }
}

/// Lets the call answer and writes down what it was about, if that matters here.
pub(crate) async fn record<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let matter = Matter::default();
    request.extensions_mut().insert(matter.clone());
    let network = ClientAddress::of(request.request()).network().to_string();
    let mut entry = Entry { matter, network, outcome: "unanswered" };
    let response = next.call(request).await?;
    entry.outcome = match response.response().extensions().get::<Code>() {
        Some(code) => code.as_str(),
        None => "ok",
    };
    Ok(response)
}

/// Writes down what the command line did.
pub(crate) fn command_line(record: &AdminRecord) {
    tracing::info!(
        target: "security",
        event = record.action.as_str(),
        account = record.user_id.as_ref().map(UserId::as_str),
        admin = "command line",
        outcome = "ok",
        "security"
    );
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use actix_http::{BoxedPayloadStream, Payload};
    use actix_web::test::{TestRequest, call_service, init_service};
    use actix_web::web::{Bytes, Data};
    use domain::ports::MockStore;
    use futures_util::{FutureExt, stream};
    use tokio::sync::oneshot;
    use tokio::task::yield_now;

    use crate::http_tests::api;
    use crate::limiter::Limiter;
    use crate::lock::lock;
    use crate::serve::app;
    use crate::stopping::Stopping;

    /// Where log lines are kept.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            lock(&self.0).write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[actix_web::test]
    async fn a_client_that_goes_away_keeps_no_outcome_out_of_the_log() {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt().json().with_writer(move || writer.clone()).finish();
        let _logged_there = tracing::subscriber::set_default(subscriber);
        let api = api(MockStore::new());
        let limiter = Data::new(Limiter::new(&api.settings.rate_limits));
        let service = init_service(app(Data::new(api), limiter, Data::new(Stopping::default()))).await;

        let (send, body) = oneshot::channel::<Bytes>();
        let body = async { Ok(body.await.expect("the body comes")) };
        let body: BoxedPayloadStream = Box::pin(stream::once(body));
        let request =
            TestRequest::post().uri("/api/login").insert_header(("content-type", "application/json"));
        let (request, _) = request.to_request().replace_payload(Payload::from(body));
        assert!(call_service(&service, request).now_or_never().is_none(), "the body has not come yet");
        send.send(r#"{"userId": "nobody", "deviceId": "d", "password": "a guess"}"#.into())
            .expect("it is read");

        // Nothing in it waits for anything but its turn.
        for _ in 0..1_000 {
            yield_now().await;
        }
        let logged = String::from_utf8_lossy(&lock(&log.0)).into_owned();
        let entry = logged.lines().find(|line| line.contains("sign_in")).unwrap_or_default();
        assert!(entry.contains("invalid_credentials") && entry.contains("nobody"), "{logged}");
    }
}
