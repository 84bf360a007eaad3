//! The load generator's modes against the real server, on a small scale.

use clap::{Args, Command};
use loadgen::modes::connects::ConnectsOptions;
use loadgen::modes::history::HistoryOptions;
use loadgen::modes::idle::IdleOptions;
use loadgen::modes::joins::JoinsOptions;
use loadgen::modes::ramp::RampOptions;
use loadgen::modes::rate::RateOptions;
use loadgen::modes::slow_reader::SlowReaderOptions;
use loadgen::modes::storm::StormOptions;
use loadgen::modes::welcome::WelcomeOptions;
use loadgen::modes::{connects, history, idle, joins, ramp, rate, slow_reader, storm, welcome};
use loadgen::{Failure, Wrong};
use tokio::task::LocalSet;

/// Options from a command line, for the server that was just built.
fn options<T: Args>(line: &str) -> T {
    let server = env!("CARGO_BIN_EXE_hexroom");
    let line = ["loadgen", "--server", server].into_iter().chain(line.split(' '));
    let matches = T::augment_args(Command::new("loadgen")).get_matches_from(line);
    T::from_arg_matches(&matches).expect("the options are known")
}

async fn measure<T>(measuring: impl Future<Output = Result<T, Failure>>) -> T {
    LocalSet::new().run_until(measuring).await.unwrap_or_else(|failure| panic!("{failure}"))
}

#[tokio::test]
async fn a_rate_is_measured_and_every_message_accounted_for() {
    let options: RateOptions =
        options("--rooms 2 --rate 100,60 --client-ids random --warm-up 0.5 --seconds 1");
    let rates = measure(rate::run(&options)).await;
    for (measured, rate) in rates.iter().zip([100, 60]) {
        assert_eq!((measured.wrong, measured.acknowledged), (Wrong::default(), rate + rate / 2));
        assert!(measured.refused.is_empty());
        let counts =
            [measured.latencies.ack.count, measured.latencies.delivery.count, measured.lateness.count];
        assert_eq!(counts, [rate; 3], "what was due in the warm-up is not timed");
        assert!(measured.usage.server.peak_rss_mib > 1.0);
    }
    assert_eq!(rates.len(), 2);
}

#[tokio::test]
async fn a_ramp_ends_where_it_is_told_to() {
    let options: RampOptions =
        options("--rooms 2 --from 50 --step 50 --to 100 --warm-up 0.1 --seconds 0.5 --within-ms 60000");
    let ramp = measure(ramp::run(&options)).await;
    let offered: Vec<_> = ramp.steps.iter().map(|step| step.offered).collect();
    assert_eq!((ramp.highest, offered), (100.0, vec![50.0, 100.0]));
}

#[tokio::test]
async fn a_ramp_ends_where_the_server_cannot_keep_up() {
    let options: RampOptions = options("--rooms 1 --from 50 --warm-up 0.1 --seconds 0.5 --within-ms 0");
    let ramp = measure(ramp::run(&options)).await;
    assert_eq!((ramp.highest, ramp.steps.len()), (0.0, 1));
}

#[tokio::test]
async fn idle_sockets_stay_open() {
    let options: IdleOptions = options("--rooms 2 --sockets 31 --seconds 0.1");
    let idle = measure(idle::run(&options)).await;
    assert_eq!((idle.sockets, idle.closed), (31, 0));
    assert!(idle.after_mib >= idle.before_mib && idle.before_mib > 1.0);
}

#[tokio::test]
async fn after_a_storm_everybody_has_what_they_missed() {
    let options: StormOptions = options("--rooms 2 --sockets 31 --missed 3");
    let storm = measure(storm::run(&options)).await;
    assert_eq!((storm.whole, storm.server_errors, storm.back.count), (31, 0, 31));
}

#[tokio::test]
async fn a_slow_reader_is_closed_and_catches_up() {
    let options: SlowReaderOptions = options("--rooms 2 --slow 1 --rate 200 --body 3500 --seconds 9");
    let slow = measure(slow_reader::run(&options)).await;
    assert!(slow.resumed);
    assert!(slow.wrong.kept_promises() && slow.wrong.closed >= 1, "{:?}", slow.wrong);
    assert!(slow.before.delivery.count > 0 && slow.during.delivery.count > 0);
}

#[tokio::test]
async fn history_is_read_in_logs_of_growing_length() {
    let options: HistoryOptions = options("--lengths 60,120 --fill-rate 200 --connections 2 --seconds 0.2");
    let readings = measure(history::run(&options)).await;
    let read: Vec<_> = readings.iter().map(|reading| (reading.length, reading.place.as_str())).collect();
    let places = ["newest", "middle", "oldest"];
    assert_eq!(read, [60, 120].map(|length| places.map(|place| (length, place))).concat());
    assert!(readings.iter().all(|reading| reading.latency.count > 0));
}

#[tokio::test]
async fn sockets_are_opened_one_after_the_other() {
    let options: ConnectsOptions = options("--rooms 2 --length 30 --fill-rate 200 --at-once 3 --seconds 0.5");
    let connects = measure(connects::run(&options)).await;
    assert_eq!(connects.length, 30);
    assert!(connects.per_second > 0.0 && connects.latency.count >= 3);
}

#[tokio::test]
async fn an_account_with_many_rooms_is_welcomed() {
    let options: WelcomeOptions = options("--rooms 3 --seconds 0.2");
    let welcomes = measure(welcome::run(&options)).await;
    assert_eq!((welcomes.rooms_each, welcomes.length), (3, 1));
    assert!(welcomes.latency.count > 0);
}

#[tokio::test]
async fn a_busy_room_is_joined_and_no_message_lost() {
    let options: JoinsOptions = options("--rate 100 --seconds 1");
    let joins = measure(joins::run(&options)).await;
    assert_eq!((joins.wrong, joins.latencies.delivery.count), (Wrong::default(), 100));
    assert!(joins.join.count > 0);
}
