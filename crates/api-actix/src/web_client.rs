//! The web client: the files of `web/`, embedded in the binary, as browsers get them.
//!
//! All files but the page itself stand in one folder that is named after what is in them, the edition.
//! So a browser may keep them for ever, their relative imports go on to work without a build step, and
//! a new version of the server is a new folder.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Write;
use std::sync::LazyLock;

use actix_web::http::header::{
    self, AcceptEncoding, ContentEncoding, ETag, Encoding, EntityTag, Header, IfNoneMatch,
};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder, web};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use rust_embed::{Embed, EmbeddedFile};
use sha2::{Digest, Sha256};

use crate::problem::Problem;

/// The paths of the client's screens. The client reads them itself; each may be reloaded or bookmarked.
pub(crate) const SCREENS: &[&str] = &[
    "/",
    "/sign-in",
    "/sign-up",
    "/join",
    "/create",
    "/rooms/{roomId}",
    "/rooms/{roomId}/m/{seq}",
    "/friends",
    "/coins",
    "/settings",
    "/shortcuts",
];

/// The place of every other file of the client.
pub(crate) const ASSETS: &str = "/assets/{edition}/{file:.*}";

/// Everything comes from this server, scripts and styles from files alone, and no text becomes markup.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; \
                      frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// What no part of the client asks a browser for.
const NO_POWERS: &str = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()";

/// An asset under its edition's name never changes; the page, which names the edition, may at any time.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const ASK_FIRST: &str = "no-cache";

/// How hard brotli tries, of 11. Beyond this it takes ten times as long for the last two per cent.
const BROTLI_QUALITY: u32 = 9;

/// The logarithm of how far brotli looks back; no file is longer.
const BROTLI_WINDOW: u32 = 19;

/// A debug build reads them where they lie, so that a change shows when the server is started anew.
#[derive(Embed)]
#[folder = "../../web"]
#[include = "index.html"]
#[include = "manifest.webmanifest"]
#[include = "images/*.svg"]
#[include = "src/*.js"]
#[include = "styles/*.css"]
struct Files;

/// Read and compressed when the first browser comes, not when the server starts.
static CLIENT: LazyLock<WebClient> = LazyLock::new(WebClient::embedded);

/// Answers the page for one of the client's screens.
pub(crate) async fn page(request: HttpRequest) -> HttpResponse {
    answer_page(&request, StatusCode::OK)
}

/// Answers one of the client's other files.
pub(crate) async fn asset(
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let asset = CLIENT.find(&path.0, &path.1).ok_or_else(Problem::no_such_address)?;
    Ok(asset.answer(&request, HttpResponse::Ok().insert_header((header::CACHE_CONTROL, FOR_EVER))))
}

/// Answers what nothing else answers. A person who went astray gets the page, which says so; any other
/// caller, and a client that asks the API for what is not there, a problem.
pub(crate) async fn nowhere(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    let wants_page = accept.is_some_and(|accept| accept.contains("text/html"));
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if wants_page && reads && !request.path().starts_with("/api/") {
        Ok(answer_page(&request, StatusCode::NOT_FOUND))
    } else {
        Err(Problem::no_such_address())
    }
}

fn answer_page(request: &HttpRequest, status: StatusCode) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    response
        .insert_header((header::CACHE_CONTROL, ASK_FIRST))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::PERMISSIONS_POLICY, NO_POWERS))
        .insert_header((header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"));
    CLIENT.page.answer(request, &mut response)
}

/// The client, ready to be sent.
struct WebClient {
    edition: String,
    page: Asset,
    assets: HashMap<String, Asset>,
}

/// A file in every encoding in which it is sent.
struct Asset {
    content_type: String,
    digest: String,
    plain: Bytes,
    gzip: Bytes,
    brotli: Bytes,
}

impl WebClient {
    fn embedded() -> Self {
        let files: HashMap<_, _> =
            Files::iter().filter_map(|path| Some((path.to_string(), Files::get(&path)?))).collect();
        let edition = edition(&files);
        let mut assets: HashMap<_, _> =
            files.into_iter().map(|(path, file)| (path.clone(), Asset::new(&path, file, &edition))).collect();
        let page = assets.remove("index.html").expect("the page is among the files");
        Self { edition, page, assets }
    }

    fn find(&self, edition: &str, path: &str) -> Option<&Asset> {
        self.assets.get(path).filter(|_| edition == self.edition)
    }
}

/// A name for exactly these files.
fn edition(files: &HashMap<String, EmbeddedFile>) -> String {
    let mut paths: Vec<_> = files.keys().collect();
    paths.sort();
    let mut digest = Sha256::new();
    for path in paths {
        digest.update(path.as_bytes());
        digest.update(files[path].metadata.sha256_hash());
    }
    short(&digest.finalize())
}

fn short(digest: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(&digest[..12])
}

impl Asset {
    fn new(path: &str, file: EmbeddedFile, edition: &str) -> Self {
        let mut content_type = file.metadata.mimetype().to_owned();
        let mut plain = file.data;
        if content_type.starts_with("text/") {
            content_type.push_str("; charset=utf-8");
        }
        if content_type.starts_with("text/html") {
            // The page is written as if the assets had no edition, so that it is valid as it stands.
            let html = String::from_utf8_lossy(&plain).replace("/assets/", &format!("/assets/{edition}/"));
            plain = Cow::Owned(html.into_bytes());
        }
        // Others' modules keep their licences, which stand in comments.
        if path.starts_with("src/") && !path.starts_with("src/vendor/") {
            plain = Cow::Owned(without_comments(&String::from_utf8_lossy(&plain)).into_bytes());
        }
        Self {
            content_type,
            digest: short(&Sha256::digest(&plain)),
            gzip: gzip(&plain),
            brotli: brotli(&plain),
            plain: Bytes::from(plain.into_owned()),
        }
    }

    fn answer(&self, request: &HttpRequest, response: &mut HttpResponseBuilder) -> HttpResponse {
        let (encoding, body) = match preferred_encoding(request) {
            Encoding::Known(ContentEncoding::Brotli) => (Some("br"), &self.brotli),
            Encoding::Known(ContentEncoding::Gzip) => (Some("gzip"), &self.gzip),
            _ => (None, &self.plain),
        };
        // Each encoding is a representation of its own, and so is its tag.
        let tag = EntityTag::new_strong(format!("{}-{}", self.digest, encoding.unwrap_or("plain")));
        response
            .insert_header((header::VARY, "Accept-Encoding"))
            .insert_header((header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"))
            .insert_header(ETag(tag.clone()));
        if is_known(request, &tag) {
            return response.status(StatusCode::NOT_MODIFIED).finish();
        }
        if let Some(encoding) = encoding {
            response.insert_header((header::CONTENT_ENCODING, encoding));
        }
        response.content_type(self.content_type.as_str()).body(body.clone())
    }
}

fn preferred_encoding(request: &HttpRequest) -> Encoding {
    let ours = [Encoding::brotli(), Encoding::gzip(), Encoding::identity()];
    let accepted = AcceptEncoding::parse(request).ok();
    accepted.and_then(|accepted| accepted.negotiate(ours.iter())).unwrap_or_else(Encoding::identity)
}

/// Whether the browser has this already.
fn is_known(request: &HttpRequest, tag: &EntityTag) -> bool {
    match request.get_header::<IfNoneMatch>() {
        Some(IfNoneMatch::Items(known)) => known.iter().any(|known| known.weak_eq(tag)),
        Some(IfNoneMatch::Any) => true,
        None => false,
    }
}

/// A module without the lines that are nothing but comments, a third of what would be sent. Each leaves an empty line,
/// so that the browser's errors name the lines of the source.
fn without_comments(source: &str) -> String {
    let mut is_inside = false;
    let mut code = String::with_capacity(source.len());
    for line in source.lines() {
        let text = line.trim();
        let end = text.find("*/").map(|at| at + 2);
        let begins = text.starts_with("/*") && end.is_none_or(|end| end == text.len());
        if !(is_inside || begins || text.starts_with("//")) {
            code.push_str(line);
        }
        code.push('\n');
        is_inside = (is_inside || begins) && end.is_none();
    }
    code
}

fn gzip(data: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).and_then(|()| encoder.finish()).expect("memory takes every byte").into()
}

fn brotli(data: &[u8]) -> Bytes {
    let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, BROTLI_QUALITY, BROTLI_WINDOW);
    encoder.write_all(data).expect("memory takes every byte");
    encoder.into_inner().into()
}

#[cfg(test)]
#[path = "web_client_tests.rs"]
mod tests;
