import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation  // on Apple's systems, where it is a part of the system
#endif

/// What this process uses, as the system counts it.
final class ProcessLoad: Sendable {
    struct Usage: Sendable {
        /// Since this was made.
        let uptime: Duration
        /// Of one processor, on average since the question before, or since the process began.
        let percent: Double
        /// In memory now; on Apple's systems the most that there ever was.
        let residentBytes: Int
    }

    private struct Reading: Sendable {
        var time: ContinuousClock.Instant
        var cpu: Duration
        var percent = 0.0
    }

    /// Differs from run to run.
    static let identifier = String(UInt64.random(in: .min ... .max), radix: 36)

    private let started = ContinuousClock.now
    private let last: Mutex<Reading>

    init() { last = Mutex(Reading(time: started, cpu: .zero)) }

    var now: Usage {
        let time = ContinuousClock.now
        let (cpu, most) = ProcessLoad.rusage
        let percent = last.withLock { last in
            let elapsed = time - last.time
            // in a shorter time it says nothing
            if elapsed > .milliseconds(100) {
                last = Reading(time: time, cpu: cpu, percent: (cpu - last.cpu) / elapsed * 100)
            }
            return last.percent
        }
        return Usage(uptime: time - started, percent: percent, residentBytes: ProcessLoad.resident ?? most)
    }

    /// The time of all threads in user and in system mode, and the most memory that the process has had.
    private static var rusage: (cpu: Duration, most: Int) {
        #if canImport(Glibc)
        var usage = Glibc.rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        #elseif canImport(Darwin)
        var usage = Darwin.rusage()
        getrusage(RUSAGE_SELF, &usage)
        #else
        var usage = Musl.rusage()
        getrusage(RUSAGE_SELF, &usage)
        #endif
        let cpu = [usage.ru_utime, usage.ru_stime].reduce(Duration.zero) {
            $0 + .seconds(Int64($1.tv_sec)) + .microseconds(Int64($1.tv_usec))
        }
        #if canImport(Darwin)
        return (cpu, Int(usage.ru_maxrss))
        #else
        return (cpu, Int(usage.ru_maxrss) * 1024)
        #endif
    }

    /// From Linux's `/proc`; `nil` elsewhere.
    private static var resident: Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        let fields = text.split(separator: " ")
        return fields.count > 1 ? Int(fields[1]).map { $0 * sysconf(Int32(_SC_PAGESIZE)) } : nil
    }
}
