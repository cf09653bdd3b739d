import CentrifugeProtocol
import NIOCore

/// A topic that a client of the Centrifuge protocol follows.
struct Followed {
    /// Who has made the subscription.
    enum Origin {
        /// The client: its command is answered when it is known where the subscription begins.
        case client
        /// The server, from the beginning of the connection or since.
        case server
    }

    let topic: String
    let origin: Origin
    /// The command that waits for its answer; 0 for none.
    var command: UInt32 = 0
    /// It is not known yet where it begins.
    var isPending = true
    /// What the client has asked for, and been promised.
    let wants: Wants
    /// What the client is given when it is known where it begins.
    var data: ByteBuffer?
    /// When its token is to be renewed.
    var expiry: TokenExpiry?

    struct Wants: OptionSet {
        let rawValue: UInt8
        /// It has said from where on.
        static let recovery = Wants(rawValue: 1)
        /// It wants an error where it cannot recover.
        static let noGap = Wants(rawValue: 2)
        /// It takes differences in place of payloads.
        static let delta = Wants(rawValue: 4)
    }
}

/// A connect command that waits until it is known where the server's subscriptions begin.
final class Greeting {
    let command: UInt32
    var result: ConnectResult
    /// How many are not known yet.
    var pending = 0

    init(_ command: UInt32, _ result: ConnectResult) {
        self.command = command
        self.result = result
    }
}
