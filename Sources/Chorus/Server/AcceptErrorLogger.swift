import Logging
import NIOCore

/// Counts, and says at most once a minute, that connections cannot be accepted, as when the process has no file
/// descriptors left.
/// NIO waits a second after such an error and goes on.
final class AcceptErrorLogger: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private let loop: ServerLoop
    private var line = OncePerMinute()
    private var unspoken = 0

    init(loop: ServerLoop) { self.loop = loop }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        unspoken += 1
        loop.counters.notAccepted += 1
        if line.allows(at: .now()) {
            loop.core.logger.error(
                "cannot accept connections; those that are open go on",
                metadata: ["chorus.error": "\(error)", "chorus.errors": "\(unspoken)"]
            )
            unspoken = 0
        }
        context.fireErrorCaught(error)
    }
}
