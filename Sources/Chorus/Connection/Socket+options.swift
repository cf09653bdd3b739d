import ChorusCore
import NIOCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension Socket {
    /// Keeps what the kernel holds unsent below this many bytes: the kernel is the queue that nobody sees.
    private static let notSentLowWater: Int32 = 64 << 10

    /// Sets `TCP_NOTSENT_LOWAT`. Sockets that have no such option (Unix) are bounded by their send buffer.
    func keepsQueueShort() {
        #if canImport(Darwin)
        set(TCP_NOTSENT_LOWAT, to: Socket.notSentLowWater)
        #else
        set(25, to: Socket.notSentLowWater)  // TCP_NOTSENT_LOWAT of <linux/tcp.h>, which Glibc's module leaves out
        #endif
    }

    /// Lets the kernel break the connection when the client has taken nothing of what it was sent for so long
    /// (`TCP_USER_TIMEOUT`, RFC 5482). A client from which nothing is read cannot be found silent otherwise.
    func givesUp(after time: TimeAmount) {
        let milliseconds = Int32(clamping: max(1, time.nanoseconds / 1_000_000))
        #if canImport(Darwin)
        set(TCP_RXT_CONNDROPTIME, to: max(1, milliseconds / 1000))
        #else
        set(18, to: milliseconds)  // TCP_USER_TIMEOUT of <linux/tcp.h>
        #endif
    }

    private func set(_ option: Int32, to value: Int32) {
        guard self != .none else { return }
        var value = value
        _ = setsockopt(handle, Int32(IPPROTO_TCP), option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}
