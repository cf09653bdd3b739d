import ChorusTesting
import NIOCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

extension Channel {
    /// Makes the next close send a RST instead of a FIN.
    func makeCloseAbortive() async throws {
        guard let options = self as? any SocketOptionProvider else { throw TestFailure("the channel has no socket") }
        try await options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
    }
}
