#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What this process has used, as the system counts it.
struct ProcessUsage {
    /// Of all its threads together, in user and in system mode.
    let cpuSeconds: Double
    /// The most that it has had in memory at once.
    let residentBytes: Int

    /// Differs from run to run.
    static let identifier = UInt64.random(in: .min ... .max)

    static var now: ProcessUsage {
        var usage = rusage()
        #if canImport(Glibc)
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        #else
        getrusage(RUSAGE_SELF, &usage)
        #endif
        let time = [usage.ru_utime, usage.ru_stime].reduce(0.0) {
            $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6
        }
        #if canImport(Darwin)
        return ProcessUsage(cpuSeconds: time, residentBytes: Int(usage.ru_maxrss))
        #else
        return ProcessUsage(cpuSeconds: time, residentBytes: Int(usage.ru_maxrss) * 1024)
        #endif
    }
}
