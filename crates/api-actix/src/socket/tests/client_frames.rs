use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::socket::protocol::decoder::MAX_FRAME_BYTES;
use crate::socket::tests::cast::room_id;

fn command(frame: &Value) -> Command {
    match read(&frame.to_string()) {
        Ok(Request::Command(command)) => command,
        other => panic!("{frame} was read as {other:?}"),
    }
}

fn refusal(frame: &Value) -> Unreadable {
    read(&frame.to_string()).expect_err("a frame that cannot be read")
}

/// The members that were refused, each with the rule that it breaks.
fn fields(refusal: &Unreadable) -> Vec<(&str, &'static str)> {
    refusal.errors.iter().map(|error| (error.field.as_str(), error.code)).collect()
}

/// How much of an answer it makes.
fn length(refusal: &Unreadable) -> usize {
    let errors = refusal.errors.iter().map(|error| error.field.len() + error.message.len());
    refusal.detail.len() + errors.sum::<usize>()
}

/// One good frame of each type.
fn good_frames() -> Vec<Value> {
    let (room, epoch, message) = (room_id().to_string(), "e", "m");
    vec![
        json!({"type": "hello", "token": "t", "resume": [{"roomId": room, "epoch": epoch, "seq": 4}]}),
        json!({"type": "send", "id": "1", "roomId": room, "clientMessageId": "c", "body": "hi"}),
        json!({"type": "edit", "id": "1", "roomId": room, "messageId": message, "body": "hi"}),
        json!({"type": "delete", "id": "1", "roomId": room, "messageId": message}),
        json!({"type": "read", "roomId": room, "seq": 4}),
        json!({"type": "typing", "roomId": room}),
        json!({"type": "sync", "id": "1", "roomId": room, "epoch": epoch, "since": 4}),
        json!({"type": "auth", "token": "t"}),
        json!({"type": "pong"}),
        json!({"type": "react", "id": "1", "roomId": room, "messageId": message, "emoji": "❤", "on": true}),
    ]
}

#[test]
fn every_frame_is_read_as_it_was_meant() {
    for frame in good_frames() {
        assert!(read(&frame.to_string()).is_ok(), "{frame}");
    }
    let frames = good_frames();
    let Ok(Request::Hello(hello)) = read(&frames[0].to_string()) else { panic!("no hello") };
    assert_eq!(hello.token.0.expose(), "t");
    let epoch = Named::Unknown("e".to_owned());
    assert_eq!(
        hello.resume,
        [ResumePoint { room_id: Named::Known(room_id()), epoch, seq: Seq(domain::Seq(4)) }]
    );

    let Command::Send { id, room_id: room, client_message_id, body, reply_to } = command(&frames[1]) else {
        panic!("no send")
    };
    assert_eq!(reply_to, None);
    let mut reply = frames[1].clone();
    reply["replyTo"] = json!("m");
    let Command::Send { reply_to, .. } = command(&reply) else { panic!("no send") };
    assert_eq!(reply_to, Some(Named::Unknown("m".to_owned())));
    assert_eq!((id.0, room), (json!("1"), Named::Known(room_id())));
    assert_eq!((client_message_id.0.as_str(), body.0.as_str()), ("c", "hi"));

    let Command::React { emoji, on, .. } = command(&frames[9]) else { panic!("no react") };
    assert_eq!((emoji.0.as_str(), on), ("❤\u{fe0f}", true));

    let Command::Sync { since, .. } = command(&frames[6]) else { panic!("no sync") };
    assert_eq!(since, Seq(domain::Seq(4)));
}

#[test]
fn a_member_too_many_is_refused_in_every_frame() {
    for mut frame in good_frames() {
        frame["surprise"] = json!(1);
        let refusal = refusal(&frame);
        assert_eq!(refusal.code, Code::VALIDATION_FAILED, "{frame}");
        assert_eq!(fields(&refusal), [("surprise", "unknown")], "{frame}");
    }
}

#[test]
fn a_member_missing_is_refused_in_every_frame() {
    for frame in good_frames() {
        let members = frame.as_object().expect("an object");
        // `resume` may be left out: then nothing is resumed.
        for missing in members.keys().filter(|name| *name != "resume") {
            let mut frame = members.clone();
            frame.remove(missing);
            let refusal = refusal(&Value::Object(frame));
            assert_eq!(fields(&refusal), [(missing.as_str(), "missing")], "{members:?}");
        }
    }
}

#[test]
fn a_member_of_the_wrong_type_is_refused_in_every_frame() {
    for frame in good_frames() {
        let members = frame.as_object().expect("an object");
        for wrong in members.keys() {
            let mut frame = members.clone();
            frame.insert(wrong.clone(), json!({"wrong": true}));
            let refusal = refusal(&Value::Object(frame));
            assert_eq!(refusal.code, Code::VALIDATION_FAILED, "{wrong} of {members:?}");
            assert_eq!(fields(&refusal)[0].0, wrong, "{members:?}");
        }
    }
}

#[test]
fn every_member_that_cannot_be_accepted_is_named_at_once() {
    let frame = json!({"type": "send", "id": 1.5, "roomId": 7, "body": " ", "to": "bo"});
    let refusal = refusal(&frame);
    let mut found = fields(&refusal);
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("body", "blank"),
            ("clientMessageId", "missing"),
            ("id", "not_a_command_id"),
            ("roomId", "wrong_type"),
            ("to", "unknown"),
        ]
    );
    for error in &refusal.errors {
        assert!(error.message.ends_with('.') && !error.message.contains('`'), "{}", error.message);
    }
}

#[test]
fn what_is_no_json_object_is_malformed() {
    for text in ["", "hello", "[]", "null", "\"send\"", "{\"type\":", "{} {}", "{\"type\":\"pong\",}"] {
        assert_eq!(read(text).expect_err(text).code, Code::MalformedRequest, "{text}");
    }
}

#[test]
fn nesting_without_end_is_malformed_and_harmless() {
    let text = format!("{{\"type\":{}", "[".repeat(60_000));
    assert_eq!(read(&text).expect_err("no frame").code, Code::MalformedRequest);
}

#[test]
fn an_unknown_type_is_refused_with_the_frames_id() {
    let refusal = refusal(&json!({"type": "shout", "id": 7}));
    assert_eq!((&refusal.id, refusal.code), (&Some(json!(7)), Code::VALIDATION_FAILED));
    assert_eq!(fields(&refusal), [("type", "unknown_value")]);
}

#[test]
fn an_id_is_short_text_or_a_whole_number() {
    let mut frame = good_frames()[1].clone();
    for good in [json!("x"), json!("x".repeat(128)), json!(0), json!(-3), json!(u64::MAX)] {
        frame["id"] = good.clone();
        assert_eq!(command(&frame).id(), Some(&good));
    }
    for bad in [json!(""), json!("x".repeat(129)), json!(1.5), json!(null), json!([1])] {
        frame["id"] = bad;
        assert_eq!(refusal(&frame).id, None, "such an id is not echoed");
    }
}

#[test]
fn a_body_and_a_client_message_id_keep_to_their_rules() {
    for (member, bad) in [
        ("body", json!(" ")),
        ("body", json!("x".repeat(4_001))),
        ("body", json!("a\u{7}")),
        ("clientMessageId", json!("")),
        ("clientMessageId", json!("x".repeat(65))),
    ] {
        let mut frame = good_frames()[1].clone();
        frame[member] = bad;
        let refusal = refusal(&frame);
        assert_eq!((&refusal.id, refusal.code), (&Some(json!("1")), Code::VALIDATION_FAILED), "{member}");
        assert_eq!(fields(&refusal)[0].0, member);
    }
}

#[test]
fn a_seq_is_not_negative() {
    let mut frame = good_frames()[4].clone();
    frame["seq"] = json!(-1);
    assert_eq!(fields(&refusal(&frame)), [("seq", "out_of_range")]);
}

#[test]
fn a_room_that_cannot_be_is_no_wrong_frame_but_an_unknown_room() {
    let Command::Typing { room_id: room, on: true } =
        command(&json!({"type": "typing", "roomId": "nowhere"}))
    else {
        panic!("no typing")
    };
    assert_eq!(room.known_or(Denial::RoomNotFound), Err(Denial::RoomNotFound));
    assert_eq!(room.to_string(), "nowhere");
}

#[test]
fn the_longest_body_fits_into_a_frame_however_it_is_escaped() {
    let body = "\\ud83e\\udd80".repeat(*domain::MessageBody::LENGTH.end());
    let id = "x".repeat(LONGEST_ID);
    let client_message_id = "\\u0041".repeat(64);
    let room = room_id();
    let frame = format!(
        r#"{{"type":"send","id":"{id}","roomId":"{room}","clientMessageId":"{client_message_id}","body":"{body}"}}"#
    );
    assert!(frame.len() < MAX_FRAME_BYTES, "{}", frame.len());
    assert!(read(&frame).is_ok());
}

#[test]
fn a_complaint_does_not_grow_with_the_frame() {
    let refusal = refusal(&json!({"type": "read", "roomId": "r", "seq": "x".repeat(50_000)}));
    assert!(length(&refusal) < 300, "{refusal:?}");
    let many: Map<_, _> = (0..5_000).map(|n| (format!("member{n}"), json!(n))).collect();
    let mut frame = Value::Object(many);
    frame["type"] = json!("pong");
    assert!(length(&self::refusal(&frame)) < 10_000);
}

/// Any JSON, often with members that frames have.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        prop::sample::select(vec![
            "hello", "send", "edit", "delete", "read", "typing", "sync", "auth", "pong"
        ])
        .prop_map(Value::from),
    ];
    let name = prop_oneof![
        prop::sample::select(vec![
            "type",
            "id",
            "roomId",
            "body",
            "clientMessageId",
            "messageId",
            "seq",
            "epoch",
            "since",
            "token",
            "resume",
        ])
        .prop_map(str::to_owned),
        ".{0,8}",
    ];
    leaf.prop_recursive(3, 40, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// A good frame in which one member is something else, or is gone.
fn nearly_good_frame() -> impl Strategy<Value = Value> {
    (prop::sample::select(good_frames()), any::<prop::sample::Index>(), prop::option::of(any_json()))
        .prop_map(|(mut frame, which, other)| {
            let members = frame.as_object_mut().expect("an object");
            let name = members.keys().nth(which.index(members.len())).expect("one of them").clone();
            match other {
                Some(other) => members.insert(name, other),
                None => members.remove(&name),
            };
            frame
        })
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_in_few_words(text in "\\PC{0,400}") {
        if let Err(refusal) = read(&text) {
            prop_assert!(length(&refusal) < 10_000);
        }
    }

    #[test]
    fn any_json_is_read_or_refused_in_few_words(frame in prop_oneof![any_json(), nearly_good_frame()]) {
        if let Err(refusal) = read(&frame.to_string()) {
            prop_assert!(length(&refusal) < 10_000);
            let code = if frame.is_object() { Code::VALIDATION_FAILED } else { Code::MalformedRequest };
            prop_assert_eq!(refusal.code, code);
            prop_assert!(refusal.id.is_none() || refusal.id.as_ref() == frame.get("id"));
        }
    }
}
