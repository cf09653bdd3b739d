#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What the bench's own process uses.
enum OwnProcess {
    /// In seconds, of all its threads.
    static var processorTime: Double {
        var usage = rusage()
        #if canImport(Glibc)
        let own = __rusage_who_t(RUSAGE_SELF.rawValue)
        #else
        let own = RUSAGE_SELF
        #endif
        guard getrusage(own, &usage) == 0 else { return 0 }
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
    }
}
