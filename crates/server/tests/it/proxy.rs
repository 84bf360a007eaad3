//! The configuration of nginx in `docs/operations.md`, in front of the server. It takes nginx.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;

use reqwest::Client;
use serde_json::json;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{Duration, sleep, timeout};

use crate::support::{Answer, DEADLINE, Raw, Server};

const OPERATIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/operations.md");

/// nginx as documented, but for TLS and on free ports. It ends with this value.
struct Proxy {
    url: String,
    plain_url: String,
    _child: Child,
    _home: TempDir,
}

impl Proxy {
    async fn start(server: &Server) -> Self {
        let home = tempfile::tempdir().expect("a temporary directory");
        let [port, plain_port] = [free_port(), free_port()];
        let documented = documented()
            .replace("listen 443 ssl;", &format!("listen 127.0.0.1:{port};"))
            .replace("listen 80;", &format!("listen 127.0.0.1:{plain_port};"))
            .replace("http://127.0.0.1:8080", &server.url());
        let documented: Vec<_> =
            documented.lines().filter(|line| !line.trim_start().starts_with("ssl_")).collect();
        fs::write(home.path().join("nginx.conf"), within_http(&documented.join("\n"), home.path()))
            .expect("a file can be made");
        let child = Command::new("nginx")
            .arg("-p")
            .arg(home.path())
            .args(["-c", "nginx.conf", "-e", "stderr"])
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("this test takes nginx");
        let url = format!("http://127.0.0.1:{port}");
        let up = async {
            while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(DEADLINE, up).await.expect("nginx listens in time");
        Self { url, plain_url: format!("http://127.0.0.1:{plain_port}"), _child: child, _home: home }
    }

    /// A wrong sign-in by a client with this address.
    async fn sign_in_from(&self, address: [u8; 4]) -> Answer {
        let client = Client::builder().no_proxy().local_address(Some(address.into())).build();
        let body = json!({"userId": "nobody", "password": "a guess", "deviceId": "d"});
        let request = client.expect("a client").post(format!("{}/api/login", self.url)).json(&body);
        // What a client claims about its address is ignored.
        let request = request.header("X-Forwarded-For", "192.0.2.1").header("Forwarded", "for=192.0.2.1");
        Answer::read(request.send().await.expect("an answer")).await.expect("a whole answer")
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it is bound").port()
}

/// The one block of the operations guide that is marked `nginx`.
fn documented() -> String {
    let guide = fs::read_to_string(OPERATIONS).expect("there is a guide");
    let (_, behind) = guide.split_once("```nginx\n").expect("it has a block for nginx");
    behind.split_once("```").expect("the block ends").0.to_owned()
}

fn within_http(documented: &str, home: &Path) -> String {
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("    {kind}_temp_path {}/{kind};\n", home.display()))
        .concat();
    format!(
        "daemon off;\nmaster_process off;\npid {}/pid;\nevents {{}}\nhttp {{\n    access_log off;\n{temporary}\n\
         {documented}\n}}\n",
        home.display()
    )
}

#[tokio::test]
async fn a_page_behind_the_documented_proxy_opens_its_websocket_on_any_port() {
    let server = Server::start_with(&[("TRUSTED_PROXIES", "127.0.0.1")]).await;
    let proxy = Proxy::start(&server).await;
    let (_, head) = Raw::upgrade(&proxy.url, &format!("Origin: {}\r\n", proxy.url)).await;
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    let (_, head) = Raw::upgrade(&proxy.url, "Origin: https://evil.example\r\n").await;
    assert!(head.starts_with("HTTP/1.1 403 "), "{head}");
}

#[tokio::test]
async fn clients_of_the_documented_proxy_have_allowances_of_their_own() {
    let limits = [("TRUSTED_PROXIES", "127.0.0.1"), ("RATE_LIMITS", "logins=1/600s")];
    let server = Server::start_with(&limits).await;
    let proxy = Proxy::start(&server).await;
    proxy.sign_in_from([127, 0, 0, 2]).await.refusal(401, "invalid_credentials");
    proxy.sign_in_from([127, 0, 0, 2]).await.refusal(429, "rate_limited");
    proxy.sign_in_from([127, 0, 0, 3]).await.refusal(401, "invalid_credentials");
    let log = server.log();
    assert!(log.contains(r#""client":"127.0.0.3""#), "{log}");
}

#[tokio::test]
async fn the_documented_proxy_leads_to_https_and_keeps_metrics_to_itself() {
    let server = Server::start_with(&[("TRUSTED_PROXIES", "127.0.0.1")]).await;
    let proxy = Proxy::start(&server).await;
    let client = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build();
    let client = client.expect("a client");
    let ask = async |url: String| {
        let request = client.get(url).header("Host", "chat.example").header("X-Request-Id", "a-strangers");
        Answer::read(request.send().await.expect("an answer")).await.expect("a whole answer")
    };
    let moved = ask(format!("{}/api/docs/?a=b", proxy.plain_url)).await.expect_status(301);
    assert_eq!(moved.header("location"), "https://chat.example/api/docs/?a=b");
    let alive = ask(format!("{}/healthz", proxy.url)).await.expect_status(200);
    assert!(alive.header("strict-transport-security").starts_with("max-age="));
    assert_ne!(alive.header("x-request-id"), "a-strangers");
    ask(format!("{}/metrics", proxy.url)).await.expect_status(404);
    assert_eq!(server.anybody().get("/metrics").await.status, 200);
}
