import ArgumentParser
import Chorus
import ChorusCore
import ChorusTokens
import JSONWire
import NIOCore

/// `chorus token create`, or `chorus token` alone.
struct CreateToken: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Print a connection token, or with --subscribe a subscription token."
    )

    @Option(help: #"Who the client is; "" for somebody anonymous."#)
    var user: String

    @Option(help: "A topic that the client may subscribe to, whoever else may. May be given several times.")
    var topic: [String] = []

    @Option(help: "Make a subscription token, for this topic.")
    var subscribe: String?

    @Option(help: "With --subscribe: the only connection that may use it.")
    var client: String?

    @Option(help: "For how long it is valid, such as 90s, 15m, 1h, 7d, or never.")
    var expires = TokenLifetime.oneHour

    @Option(
        help: ArgumentHelp("What presence says of the client: JSON.", valueName: "json"),
        transform: { text in
            do throws(JSONError) {
                return try JSONValue(ByteBuffer(string: text)).compact
            } catch {
                throw ValidationError("--info is no JSON: \(error)")
            }
        }
    )
    var info: ByteBuffer?

    @Option(help: "Its own name, by which it can be revoked.")
    var id: String?

    @Option(help: "Whom it is for.")
    var audience: String?

    @Option(help: "Who makes it.")
    var issuer: String?

    @OptionGroup var key: SigningKeyOptions

    func validate() throws {
        guard subscribe == nil || topic.isEmpty else {
            throw ValidationError("--topic and --subscribe exclude each other.")
        }
        guard subscribe != nil || client == nil else { throw ValidationError("--client belongs to --subscribe.") }
        guard user.utf8.count <= BroadcastServer.longestUser else {
            throw ValidationError("--user has at most \(BroadcastServer.longestUser) bytes.")
        }
    }

    func run() async throws {
        for topic in topic + [subscribe].compactMap({ $0 }) { try checkTopic(topic) }
        try await KeyFile.saying {
            var maker = try await key.issuer()
            maker.audience = audience
            maker.issuer = issuer
            Console.print(try sign(with: maker, at: WallClock.seconds))
        }
    }

    private func sign(with maker: TokenIssuer, at now: Int64) throws(ChorusError) -> String {
        let end = expires.seconds.map { now + $0 }
        if let subscribe {
            return try maker.sign(
                SubscriptionToken(
                    user: user,
                    topic: subscribe,
                    client: client,
                    expiresAt: end,
                    id: id,
                    issuedAt: now,
                    info: info
                )
            )
        }
        return try maker.sign(
            ConnectionToken(
                user: user,
                expiresAt: end,
                id: id,
                issuedAt: now,
                info: info,
                subscriptions: topic.map { ServerSubscription(topic: $0) }
            )
        )
    }
}
