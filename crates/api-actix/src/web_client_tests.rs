use std::io::Read;

use actix_web::App;
use actix_web::http::header::HeaderMap;
use actix_web::test::{self, TestRequest};
use flate2::read::GzDecoder;

use super::*;

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("text"))
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("text")
    }

    fn is_page(&self) -> bool {
        self.header("content-type") == Some("text/html; charset=utf-8")
    }
}

async fn ask(request: TestRequest) -> Answer {
    let app = App::new().configure(|app| crate::routes::configure(app, false));
    let response = test::call_service(&test::init_service(app).await, request.to_request()).await;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { status, headers, body: test::read_body(response).await }
}

fn get(path: &str) -> TestRequest {
    TestRequest::get().uri(path)
}

/// A person's browser, which would rather have a page.
fn visit(path: &str) -> TestRequest {
    get(path).insert_header(("Accept", "text/html,application/xhtml+xml,*/*;q=0.8"))
}

/// The place of a file, as the page names it.
async fn place_of(file: &str) -> String {
    let page = ask(get("/")).await;
    let place = page.text().split('"').find(|text| text.starts_with("/assets/") && text.ends_with(file));
    place.unwrap_or_else(|| panic!("the page does not name {file}")).to_owned()
}

#[actix_web::test]
async fn every_screen_may_be_reloaded() {
    for screen in SCREENS {
        let answer = ask(get(&screen
            .replace("{roomId}", "0193c5a0-0000-7000-8000-000000000000")
            .replace("{seq}", "7")))
        .await;
        assert_eq!(answer.status, 200, "{screen}");
        assert!(answer.is_page() && answer.text().contains("<title>Hexroom</title>"), "{screen}");
    }
}

#[actix_web::test]
async fn the_page_runs_nothing_but_what_this_server_has() {
    let page = ask(get("/")).await;
    let policy = page.header("content-security-policy").expect("a policy");
    for rule in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    ] {
        assert!(policy.split("; ").any(|one| one == rule), "{rule}: {policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert!(!page.text().contains("://") && !page.text().contains("<style"), "{}", page.text());
    assert!(page.header("permissions-policy").is_some_and(|powers| powers.contains("camera=()")));
    assert_eq!(page.header("cross-origin-opener-policy"), Some("same-origin"));
}

#[actix_web::test]
async fn the_page_is_asked_for_anew_and_the_files_that_it_names_are_kept_for_ever() {
    assert_eq!(ask(get("/")).await.header("cache-control"), Some("no-cache"));
    for (file, content_type) in [
        ("/src/main.js", "text/javascript; charset=utf-8"),
        ("/styles/base.css", "text/css; charset=utf-8"),
        ("/images/favicon.svg", "image/svg+xml"),
        ("/manifest.webmanifest", "application/manifest+json"),
    ] {
        let answer = ask(get(&place_of(file).await)).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(content_type)), "{file}");
        assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"), "{file}");
        assert!(!answer.body.is_empty(), "{file}");
    }
}

#[actix_web::test]
async fn a_file_of_another_edition_is_not_there() {
    let ours = place_of("/src/main.js").await;
    let edition = ours.split('/').nth(2).expect("an edition");
    for path in [
        ours.replace(edition, "another"),
        ours.replace("main.js", "none.js"),
        ours.replace("src/main.js", "index.html"),
        ours.replace("src/main.js", "package.json"),
        ours.replace("src/main.js", "../Cargo.toml"),
    ] {
        let answer = ask(get(&path)).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{path}");
    }
}

#[actix_web::test]
async fn a_browser_gets_the_smallest_encoding_that_it_reads() {
    let path = place_of("/src/main.js").await;
    let plain = ask(get(&path)).await;
    assert_eq!(plain.header("content-encoding"), None);

    let gzip = ask(get(&path).insert_header(("Accept-Encoding", "gzip, deflate"))).await;
    assert_eq!(gzip.header("content-encoding"), Some("gzip"));
    let mut unpacked = Vec::new();
    GzDecoder::new(gzip.body.as_ref()).read_to_end(&mut unpacked).expect("gzip");
    assert_eq!(unpacked, plain.body);

    let brotli = ask(get(&path).insert_header(("Accept-Encoding", "gzip, deflate, br, zstd"))).await;
    assert_eq!(brotli.header("content-encoding"), Some("br"));
    let mut unpacked = Vec::new();
    brotli::Decompressor::new(brotli.body.as_ref(), 4096).read_to_end(&mut unpacked).expect("brotli");
    assert_eq!(unpacked, plain.body);

    assert!(brotli.body.len() < plain.body.len() && gzip.body.len() < plain.body.len());
    for answer in [&plain, &gzip, &brotli] {
        assert_eq!(answer.header("vary"), Some("Accept-Encoding"));
    }
    let tags: std::collections::HashSet<_> = [&plain, &gzip, &brotli].map(|one| one.header("etag")).into();
    assert_eq!(tags.len(), 3, "{tags:?}");
}

#[actix_web::test]
async fn what_a_browser_has_is_not_sent_again() {
    for path in ["/".to_owned(), place_of("/src/main.js").await] {
        let first = ask(get(&path)).await;
        let tag = first.header("etag").expect("a tag").to_owned();
        let again = ask(get(&path).insert_header(("If-None-Match", tag.clone()))).await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        assert_eq!(again.header("etag"), Some(tag.as_str()), "{path}");
        assert_eq!(again.header("cache-control"), first.header("cache-control"), "{path}");
        let other = ask(get(&path).insert_header(("If-None-Match", "\"other\""))).await;
        assert_eq!(other.status, 200, "{path}");
    }
}

#[actix_web::test]
async fn head_and_other_methods_work_as_they_do_elsewhere() {
    let head = ask(TestRequest::default().method(Method::HEAD).uri("/")).await;
    assert_eq!(head.status, 200);
    assert!(head.is_page() && head.header("etag").is_some());
    let post = ask(TestRequest::post().uri("/sign-in")).await;
    assert_eq!((post.status, post.header("allow")), (405, Some("GET")));
}

#[actix_web::test]
async fn a_person_astray_gets_a_page_and_a_program_a_problem() {
    let person = ask(visit("/nowhere/at/all")).await;
    assert!(person.status == 404 && person.is_page(), "{}", person.status);
    for request in [
        get("/nowhere/at/all"),
        visit("/api/nowhere"),
        visit("/api/chatrooms/x/y/z"),
        TestRequest::post().uri("/nowhere").insert_header(("Accept", "text/html")),
    ] {
        let answer = ask(request).await;
        assert_eq!((answer.status, answer.header("content-type")), (404, Some("application/problem+json")));
    }
}

#[test]
fn a_module_is_sent_without_its_comments_and_with_its_lines() {
    let source = "// About.\n\n/**\n * Adds.\n * @param {number} a\n */\nexport function add(a) {\n  \
                  /** Two. */\n  const two = 2; // two\n  return /** @type {any} */ (a) + two;\n  \
                  /** @type {any} */ (a).b = 'a // b';\n}\n";
    let sent = "\n\n\n\n\n\nexport function add(a) {\n\n  const two = 2; // two\n  \
                return /** @type {any} */ (a) + two;\n  /** @type {any} */ (a).b = 'a // b';\n}\n";
    assert_eq!(without_comments(source), sent);
}

#[actix_web::test]
async fn the_clients_own_modules_are_sent_without_comments_and_others_with_their_licences() {
    let main = place_of("src/main.js").await;
    assert!(!ask(get(&main)).await.text().contains("Where the client starts"));
    let vendored = main.replace("src/main.js", "src/vendor/uqr.js");
    assert!(ask(get(&vendored)).await.text().contains("MIT License"));
}
