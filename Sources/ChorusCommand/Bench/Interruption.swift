import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Remembers SIGINT instead of ending the process; a second one ends it.
enum Interruption {
    private static let hasCome = Atomic(false)

    static var isRequested: Bool { hasCome.load(ordering: .relaxed) }

    static func watch() {
        // Makes the variable before the signal can come: making it is not safe within a signal handler.
        hasCome.store(false, ordering: .relaxed)
        signal(SIGINT) { _ in
            Interruption.hasCome.store(true, ordering: .relaxed)
            signal(SIGINT, SIG_DFL)
        }
    }
}
