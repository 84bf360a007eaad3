use std::{io, process, thread};

use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

/// Resolves at the first `SIGINT` or `SIGTERM`; the second ends the process at once. They are
/// awaited on a thread of their own, so that the second works also when everything else is stuck.
pub(crate) fn first_of_two() -> io::Result<impl Future<Output = ()>> {
    let runtime = Builder::new_current_thread().enable_io().build()?;
    let mut signals = Signals::listen(&runtime)?;
    let (stop, stopped) = oneshot::channel();
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        runtime.block_on(async {
            let name = signals.next().await.0;
            tracing::info!(signal = name, "draining; a second signal aborts");
            // Nobody waits for it when the server is ending by itself.
            let _ = stop.send(());
            let (name, exit_code) = signals.next().await;
            tracing::warn!(signal = name, "aborting");
            process::exit(exit_code)
        })
    })?;
    Ok(async move {
        let _ = stopped.await;
    })
}

struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn listen(runtime: &Runtime) -> io::Result<Self> {
        let _entered = runtime.enter();
        let interrupt = signal(SignalKind::interrupt())?;
        Ok(Self { interrupt, terminate: signal(SignalKind::terminate())? })
    }

    /// The next signal's name, and the exit code of a process that it ends.
    async fn next(&mut self) -> (&'static str, i32) {
        tokio::select! {
            _ = self.interrupt.recv() => ("SIGINT", 130),
            _ = self.terminate.recv() => ("SIGTERM", 143),
        }
    }
}
