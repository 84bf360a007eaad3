//! The pages that a problem's `type` leads to.

use crate::refusal_code::Code;

/// The page that explains a code.
pub(crate) fn page(code: Code) -> String {
    let title = code.title();
    let name = code.as_str();
    let status = code.status();
    let explanation = with_code_marked(&code.explanation());
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{title}</title></head>\n\
         <body>\n<h1>{title}</h1>\n<p><code>{name}</code>, answered with {status}</p>\n\
         <p>{explanation}</p>\n</body>\n</html>\n"
    )
}

/// Backticks as HTML.
fn with_code_marked(text: &str) -> String {
    let escaped = text.replace('<', "&lt;").replace('>', "&gt;");
    let mut html = String::with_capacity(escaped.len());
    for (place, part) in escaped.split('`').enumerate() {
        match place % 2 {
            0 => html.push_str(part),
            _ => html.extend(["<code>", part, "</code>"]),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_page_that_names_it() {
        for code in Code::all() {
            let page = page(code);
            assert!(page.contains(code.as_str()) && page.contains(code.title()), "{}", code.as_str());
            assert!(!page.contains('`'), "{}", code.as_str());
        }
    }

    #[test]
    fn a_token_in_angle_brackets_is_text_and_no_tag() {
        assert!(page(Code::TokenMissing).contains("<code>Authorization: Bearer &lt;token&gt;</code>"));
    }
}
