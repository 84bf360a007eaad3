use proptest::prelude::*;

use super::*;

const MASK: [u8; 4] = [0xA5, 0x5A, 0x0F, 0xF0];

/// A client's frame: its first byte, and a payload that is masked.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = header(first, payload.len() as u64);
    frame.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

fn header(first: u8, length: u64) -> Vec<u8> {
    let mut header = vec![first];
    match length {
        0..=125 => header.push(0x80 | u8::try_from(length).expect("short")),
        126..=0xFFFF => {
            header.push(0xFE);
            header.extend(u16::try_from(length).expect("middling").to_be_bytes());
        }
        _ => {
            header.push(0xFF);
            header.extend(length.to_be_bytes());
        }
    }
    header.extend(MASK);
    header
}

/// A message as tests compare it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Heard {
    Text(String),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(Option<u16>),
    Breach,
}

/// Adds the bytes in chunks of these sizes, over and over, and answers what was heard up to a breach.
fn decode(bytes: &[u8], cuts: &[usize]) -> Vec<Heard> {
    let (mut decoder, mut heard, mut rest) = (Decoder::default(), Vec::new(), bytes);
    for cut in cuts.iter().cycle() {
        let (chunk, after) = rest.split_at(rest.len().min(*cut));
        decoder.add(chunk);
        rest = after;
        loop {
            heard.push(match decoder.next() {
                Ok(None) => break,
                Ok(Some(AggregatedMessage::Text(text))) => Heard::Text(text.to_string()),
                Ok(Some(AggregatedMessage::Binary(payload))) => Heard::Binary(payload.to_vec()),
                Ok(Some(AggregatedMessage::Ping(payload))) => Heard::Ping(payload.to_vec()),
                Ok(Some(AggregatedMessage::Pong(payload))) => Heard::Pong(payload.to_vec()),
                Ok(Some(AggregatedMessage::Close(reason))) => {
                    Heard::Close(reason.map(|reason| reason.code.into()))
                }
                Err(Breach) => {
                    heard.push(Heard::Breach);
                    return heard;
                }
            });
        }
        let begun = decoder.begun.as_ref().map_or(0, |begun| begun.payload.len());
        assert!(begun <= MAX_FRAME_BYTES, "{begun} bytes of fragments are held");
        let held = decoder.unread.len();
        assert!(held <= MAX_FRAME_BYTES + 14 + cut, "{held} bytes are held");
        if rest.is_empty() {
            return heard;
        }
    }
    unreachable!("the cuts do not end")
}

fn at_once(frames: &[Vec<u8>]) -> Vec<Heard> {
    decode(&frames.concat(), &[usize::MAX >> 1])
}

#[test]
fn a_message_of_the_longest_length_is_heard_and_one_byte_more_is_a_breach() {
    let longest = "x".repeat(MAX_FRAME_BYTES);
    assert_eq!(at_once(&[frame(0x81, longest.as_bytes())]), [Heard::Text(longest)]);
    assert_eq!(at_once(&[header(0x81, MAX_FRAME_BYTES as u64 + 1)]), [Heard::Breach]);
}

#[test]
fn a_control_frame_is_short_and_whole() {
    for opcode in [0x88, 0x89, 0x8A] {
        assert_eq!(at_once(&[header(opcode, 126)]), [Heard::Breach]);
        assert_eq!(at_once(&[frame(opcode & 0x7F, b"ab")]), [Heard::Breach]);
    }
    assert_eq!(at_once(&[frame(0x89, &[7; 125])]), [Heard::Ping(vec![7; 125])]);
}

#[test]
fn the_fragments_of_a_message_count_together_whatever_stands_between_them() {
    let begun = [frame(0x01, &vec![b'x'; MAX_FRAME_BYTES - 10]), frame(0x89, b"?"), frame(0x00, &[b'y'; 10])];
    assert_eq!(at_once(&begun), [Heard::Ping(b"?".to_vec())]);
    let [first, ping, second] = begun;
    assert_eq!(
        at_once(&[first.clone(), ping.clone(), second.clone(), header(0x80, 1)]),
        [Heard::Ping(b"?".to_vec()), Heard::Breach]
    );
    let whole = format!("{}{}", "x".repeat(MAX_FRAME_BYTES - 10), "y".repeat(10));
    assert_eq!(
        at_once(&[first, ping, second, frame(0x80, b""), frame(0x81, b"z")]),
        [Heard::Ping(b"?".to_vec()), Heard::Text(whole), Heard::Text("z".to_owned())],
        "the next message starts at nothing"
    );
}

#[test]
fn fragments_that_do_not_fit_together_are_a_breach() {
    for frames in [
        vec![frame(0x80, b"of nothing")],
        vec![frame(0x00, b"of nothing")],
        vec![frame(0x01, b"begun"), frame(0x01, b"again")],
        vec![frame(0x01, b"begun"), frame(0x81, b"another")],
        vec![frame(0x02, b"begun"), frame(0x82, b"another")],
    ] {
        assert_eq!(at_once(&frames), [Heard::Breach], "{frames:?}");
    }
}

#[test]
fn a_frame_that_no_client_writes_is_a_breach() {
    let unmasked = [&[0x81, 2], &b"{}"[..]].concat();
    let with_reserved_bits = frame(0xC1, b"{}");
    let of_unknown_kind = frame(0x83, b"{}");
    let of_negative_length = header(0x81, u64::MAX);
    for bytes in [unmasked, with_reserved_bits, of_unknown_kind, of_negative_length] {
        assert_eq!(at_once(std::slice::from_ref(&bytes)), [Heard::Breach], "{bytes:?}");
    }
}

#[test]
fn a_length_takes_as_few_bytes_as_it_can() {
    let payload = |length: usize| std::iter::repeat_n(b'a', length).collect::<Vec<_>>();
    for (length, written) in [
        (0_u16, vec![0x81, 0xFE, 0, 0]),
        (125, vec![0x81, 0xFE, 0, 125]),
        (1, vec![0x81, 0xFF, 0, 0, 0, 0, 0, 0, 0, 1]),
        (0xFFFF, vec![0x81, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]),
    ] {
        let frame = [written, MASK.to_vec(), payload(length.into())].concat();
        assert_eq!(at_once(&[frame]), [Heard::Breach], "{length}");
    }
    for length in [125, 126, 0xFFFF] {
        let text = Heard::Text("a".repeat(length));
        let masked: Vec<_> = frame(0x81, &payload(length));
        assert_eq!(at_once(&[masked]), [text], "{length}");
    }
}

#[test]
fn text_is_utf_8_and_may_be_cut_anywhere() {
    assert_eq!(at_once(&[frame(0x81, &[0xFF, 0xFE])]), [Heard::Breach]);
    assert_eq!(at_once(&[frame(0x01, b"ok"), frame(0x80, &[0xF0, 0x9F])]), [Heard::Breach]);
    let (first, last) = "🦀".as_bytes().split_at(2);
    assert_eq!(at_once(&[frame(0x01, first), frame(0x80, last)]), [Heard::Text("🦀".to_owned())]);
}

#[test]
fn a_close_may_say_why_and_must_say_it_right() {
    assert_eq!(at_once(&[frame(0x88, b"")]), [Heard::Close(None)]);
    assert_eq!(at_once(&[frame(0x88, &[3, 0xE8, b'b', b'y', b'e'])]), [Heard::Close(Some(1000))]);
    assert_eq!(at_once(&[frame(0x88, &[3])]), [Heard::Breach]);
    assert_eq!(at_once(&[frame(0x88, &[3, 0xE8, 0xFF])]), [Heard::Breach]);
}

#[test]
fn a_length_is_refused_before_its_payload_comes() {
    let declared = header(0x81, 1 << 40);
    let mut decoder = Decoder::default();
    decoder.add(&declared[..9]);
    assert_eq!(decoder.next(), Ok(None));
    decoder.add(&declared[9..10]);
    assert_eq!(decoder.next(), Err(Breach));
}

#[test]
fn nothing_is_held_between_messages() {
    let mut decoder = Decoder::default();
    for _ in 0..2 {
        decoder.add(&frame(0x81, &[b'x'; 10_000]));
        assert!(matches!(decoder.next(), Ok(Some(AggregatedMessage::Text(_)))));
        assert_eq!(decoder.next(), Ok(None));
        assert_eq!((decoder.unread.capacity(), decoder.begun.is_none()), (0, true));
    }
}

/// A frame of any kind with a payload of any kind, now and then at the edge of what is accepted.
fn any_frame() -> impl Strategy<Value = Vec<u8>> {
    let first = prop_oneof![
        8 => prop::sample::select(vec![0x81_u8, 0x01, 0x00, 0x80, 0x82, 0x02, 0x88, 0x89, 0x8A]),
        1 => any::<u8>(),
    ];
    let payload = prop_oneof![
        4 => "[ -~🦀]{0,40}".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..300),
        1 => (65_500..65_540_usize).prop_map(|length| vec![b'x'; length]),
    ];
    (first, payload).prop_map(|(first, payload)| frame(first, &payload))
}

/// Messages as a client may write them, each with the frames that it takes.
fn good_message() -> impl Strategy<Value = (Vec<Vec<u8>>, Vec<Heard>)> {
    let control = prop::option::of("[a-z]{0,9}");
    let pieces = prop::collection::vec(("[ -~🦀]{0,200}", control), 1..5);
    pieces.prop_map(|pieces| {
        let (mut frames, mut heard, mut text) = (Vec::new(), Vec::new(), String::new());
        for (number, (piece, control)) in pieces.iter().enumerate() {
            let opcode = u8::from(number == 0);
            let is_last = number == pieces.len() - 1;
            frames.push(frame(if is_last { 0x80 | opcode } else { opcode }, piece.as_bytes()));
            text.push_str(piece);
            if let Some(control) = control.as_ref().filter(|_| !is_last) {
                frames.push(frame(0x89, control.as_bytes()));
                heard.push(Heard::Ping(control.clone().into_bytes()));
            }
        }
        heard.push(Heard::Text(text));
        (frames, heard)
    })
}

fn cuts() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(prop_oneof![1..8_usize, 1..5_000_usize], 1..20)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_cut_of_the_stream_gives_the_same_messages(
        frames in prop::collection::vec(any_frame(), 1..8),
        cuts in cuts(),
    ) {
        prop_assert_eq!(decode(&frames.concat(), &cuts), at_once(&frames));
    }

    #[test]
    fn what_a_client_writes_is_heard_however_it_is_cut(
        messages in prop::collection::vec(good_message(), 1..6),
        cuts in cuts(),
    ) {
        let bytes: Vec<u8> = messages.iter().flat_map(|(frames, _)| frames.concat()).collect();
        let expected: Vec<Heard> = messages.into_iter().flat_map(|(_, heard)| heard).collect();
        prop_assert_eq!(decode(&bytes, &cuts), expected);
    }

    #[test]
    fn any_bytes_are_survived_and_little_of_them_is_held(
        bytes in prop::collection::vec(any::<u8>(), 1..4_000),
        cuts in cuts(),
    ) {
        let heard = decode(&bytes, &cuts);
        prop_assert_eq!(heard, decode(&bytes, &[bytes.len()]));
    }
}
