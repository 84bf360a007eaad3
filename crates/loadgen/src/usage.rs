//! What processes use of the machine.

use std::time::Instant;

use procfs::WithCurrentSystemInfo;
use procfs::process::Process;
use serde::{Deserialize, Serialize};

use crate::Failure;

/// What a process used during a measurement.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// Per cent of one core.
    pub cpu_percent: f64,
    /// The most memory that was resident, in MiB.
    pub peak_rss_mib: f64,
}

impl Usage {
    /// Processor time for each of so many things a second, in microseconds.
    pub(crate) fn cpu_us_each(&self, per_second: f64) -> f64 {
        self.cpu_percent * 10_000.0 / per_second
    }
}

/// Watches one process.
#[derive(Debug)]
pub(crate) struct Watch {
    process: Process,
    began: Instant,
    ticks_before: u64,
    peak_rss: u64,
}

impl Watch {
    /// Begins to watch this process.
    pub(crate) fn begin(pid: u32) -> Result<Self, Failure> {
        let pid_number =
            i32::try_from(pid).map_err(|error| Failure::because("that is not a process id", error))?;
        let process = Process::new(pid_number)
            .map_err(|error| Failure::because(format!("process {pid} cannot be watched"), error))?;
        let mut watch = Self { process, began: Instant::now(), ticks_before: 0, peak_rss: 0 };
        watch.ticks_before = watch.sample()?;
        Ok(watch)
    }

    /// The memory that is resident now, in bytes.
    pub(crate) fn rss(&mut self) -> Result<u64, Failure> {
        self.sample()?;
        let stat = self.process.stat().map_err(ended)?;
        Ok(stat.rss_bytes().get())
    }

    /// Samples the memory; returns the processor time so far, in ticks.
    pub(crate) fn sample(&mut self) -> Result<u64, Failure> {
        let stat = self.process.stat().map_err(ended)?;
        self.peak_rss = self.peak_rss.max(stat.rss_bytes().get());
        Ok(stat.utime + stat.stime)
    }

    /// What the process used since the beginning.
    #[expect(clippy::cast_precision_loss, reason = "ticks and bytes fit a double")]
    pub(crate) fn usage(&mut self) -> Result<Usage, Failure> {
        let ticks = self.sample()? - self.ticks_before;
        let seconds = ticks as f64 / procfs::ticks_per_second() as f64;
        Ok(Usage {
            cpu_percent: 100.0 * seconds / self.began.elapsed().as_secs_f64(),
            peak_rss_mib: mib(self.peak_rss),
        })
    }
}

fn ended(error: procfs::ProcError) -> Failure {
    Failure::because("a watched process has ended", error)
}

/// Bytes as MiB.
#[expect(clippy::cast_precision_loss, reason = "bytes of memory fit a double")]
pub(crate) fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// The processes that take part in a measurement.
#[derive(Debug)]
pub(crate) struct Watches {
    server: Watch,
    generator: Watch,
    database: Option<Watch>,
}

impl Watches {
    pub(crate) fn begin(server: u32, database: Option<u32>) -> Result<Self, Failure> {
        Ok(Self {
            server: Watch::begin(server)?,
            generator: Watch::begin(std::process::id())?,
            database: database.map(Watch::begin).transpose()?,
        })
    }

    /// Samples every process's memory.
    pub(crate) fn sample(&mut self) -> Result<(), Failure> {
        let Self { server, generator, database } = self;
        for watch in [server, generator].into_iter().chain(database) {
            watch.sample()?;
        }
        Ok(())
    }

    /// What each process used since the beginning.
    pub(crate) fn usages(&mut self) -> Result<Usages, Failure> {
        Ok(Usages {
            server: self.server.usage()?,
            generator: self.generator.usage()?,
            database: self.database.as_mut().map(Watch::usage).transpose()?,
        })
    }
}

/// What each process used.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Usages {
    pub server: Usage,
    pub generator: Usage,
    /// The database, if its process was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<Usage>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_and_memory_of_a_process_are_seen() {
        let mut watch = Watch::begin(std::process::id()).expect("this process runs");
        let before = watch.sample().expect("it runs");
        let kept = vec![1_u8; 64 << 20];
        let mut worked = 0_u64;
        // Until the system has noticed both.
        let usage = loop {
            worked = worked.wrapping_add(kept.iter().map(|byte| u64::from(*byte)).sum::<u64>());
            let grown = watch.sample().expect("it runs") > before;
            let usage = watch.usage().expect("it runs");
            if grown && usage.cpu_percent > 0.0 {
                break usage;
            }
        };
        assert!(worked > 0 && usage.peak_rss_mib > 64.0, "{usage:?}");
    }

    #[test]
    fn a_process_that_is_not_there_is_named() {
        let failure = Watch::begin(u32::MAX >> 1).expect_err("there are not so many").to_string();
        assert!(failure.contains(&(u32::MAX >> 1).to_string()), "{failure}");
    }
}
