import Chorus

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What `chorus serve` says when it is ready.
struct Announcement {
    let addresses: [ListeningAddress]
    let isSecure: Bool
    let echoes: Bool
    /// Where clients may publish.
    let publishing: String

    func print() {
        for address in addresses {
            Swift.print("chorus is listening on \(address)")
            guard address.port != nil else { continue }
            let place = "\(address)"
                .replacing("0.0.0.0:", with: "127.0.0.1:").replacing("[::]:", with: "[::1]:")
            let socket = (isSecure ? "wss://" : "ws://") + place
            Swift.print("  \(isSecure ? "https" : "http")://\(place)/   what is running here")
            Swift.print("  \(socket)/ws          everybody, as in the tutorial")
            Swift.print("  \(socket)/ws/{topic}  one topic")
            Swift.print("  clients may publish \(publishing)")
            if echoes { Swift.print("  \(socket)/echo        back to the sender") }
        }
        // to a file or a pipe nothing goes out by itself before the buffer is full
        fflush(nil)
    }
}
