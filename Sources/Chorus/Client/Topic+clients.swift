public import ChorusCore
import NIOCore

extension Topic {
    /// Lets a client receive what is published from now on, or what the topic has kept first. Returns when it has
    /// joined; what comes from the past follows, and is there before anything that is published later.
    ///
    /// The client must be of a server with this topic's hub. One that wants what came since a position, and cannot have
    /// all of it any more, is told so and from where it can go on: by a notice, or in ``MessageFormat/plain`` by close
    /// code 4010.
    ///
    /// Joining again changes nothing. Where the topic has presence (``Namespace/presence``), the client is a member
    /// from now on.
    ///
    /// - Parameters:
    ///   - point: where to begin. Default with what is published from now on.
    ///   - user: who the client is here. Default ``Client/user``.
    public func join(_ client: Client, from point: StartingPoint = .now, as user: String? = nil) async {
        await join(client, from: point, as: user, json: nil)
    }

    /// As ``join(_:from:as:)``, with a value that presence says of the client, as JSON. Throws
    /// ``ChorusError/Code/notEncodable`` when it cannot be encoded, and ``ChorusError/Code/messageTooLarge`` when it is
    /// longer than ``Member/longestInfo``.
    public func join(
        _ client: Client,
        from point: StartingPoint = .now,
        as user: String? = nil,
        info: some Encodable
    ) async throws(ChorusError) {
        await join(client, from: point, as: user, json: try Member.encoded(info))
    }

    private func join(_ client: Client, from point: StartingPoint, as user: String?, json: ByteBuffer?) async {
        let name = name
        await client.performAndWait { connection in
            connection.session?.subscribe(to: .named(name), from: point, as: user, info: json)
        }
    }

    /// Publishes in the name of a client: envelopes say from whom it is. Waits and throws as ``Hub`` does.
    ///
    /// - Parameters:
    ///   - user: who the client is here. Default ``Client/user``.
    ///   - info: a value that is said of the client, as JSON; see ``join(_:from:as:info:)``.
    @discardableResult
    public func publish(
        _ message: Message,
        from client: Client,
        as user: String? = nil,
        info: (some Encodable)? = nil as String?
    ) async throws(ChorusError) -> Position? {
        var message = message
        var member = Member(id: client.id.description, user: user ?? client.user)
        if let info { member.info = try Member.encoded(info) }
        message.publisher = member
        return try await publish(message)
    }

    /// Publishes text in the name of a client, as ``publish(_:from:as:info:)``.
    @discardableResult
    public func publish(
        _ text: String,
        from client: Client,
        as user: String? = nil,
        info: (some Encodable)? = nil as String?
    ) async throws(ChorusError) -> Position? {
        try await publish(Message(text), from: client, as: user, info: info)
    }

    /// Lets a client receive nothing more. The end of its connection does that too.
    public func leave(_ client: Client) async {
        let name = name.description
        await client.performAndWait { $0.session?.unsubscribe(from: name) }
    }
}
