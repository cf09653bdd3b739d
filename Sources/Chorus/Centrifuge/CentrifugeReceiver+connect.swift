import CentrifugeProtocol
import ChorusCore
import Logging
import NIOCore

extension CentrifugeReceiver {
    /// The first command: who the client is.
    func connect(_ id: UInt32, _ request: CentrifugeProtocol.ConnectRequest, _ connection: ConnectionHandler) {
        guard !request.token.isEmpty else {
            // whom the program knows needs no token
            guard !options.needsToken || connection.session?.user != nil else { return close(.badRequest, connection) }
            return connected(id, request, ConnectionToken(user: connection.session?.user ?? ""), connection)
        }
        guard let tokens = options.tokens else { return close(.invalidToken, connection) }
        ask(connection) {
            try await tokens.connection(request.token)
        } answered: { receiver, connection, answer in
            switch answer {
            case .success(let token):
                let isSame = connection.session?.user.map { $0 == token.user } ?? true
                guard isSame, token.user.utf8.count <= Admission.longestUser else {
                    return receiver.close(.invalidToken, connection)
                }
                receiver.connected(id, request, token, connection)
            case .failure(let error as TokenRefusal):
                connection.log("token refused", ["chorus.code": "\(error.code)"])
                guard error.code == .expired else { return receiver.close(.invalidToken, connection) }
                receiver.reply(id, .tokenExpired, connection)
            case .failure(let error):
                receiver.reply(id, CommandError(connection.logged(error)), connection)
            }
        }
    }

    /// It is known who the client is.
    private func connected(
        _ id: UInt32,
        _ request: CentrifugeProtocol.ConnectRequest,
        _ token: ConnectionToken,
        _ connection: ConnectionHandler
    ) {
        guard let session = connection.session else { return }
        if !token.user.isEmpty { session.identify(as: token.user) }
        connectionInfo = token.info
        if !request.name.isEmpty || !request.version.isEmpty {
            application = (request.name.cut, request.version.cut)
        }
        var result = ConnectResult(client: session.id.description, version: BroadcastServer.version)
        if let keepAlive = keepAlive(of: connection), !pingsByFrame {
            result.ping = UInt32(clamping: max(1, keepAlive.interval.nanoseconds / 1_000_000_000))
            result.pong = true
        }
        if let ttl = expire(at: token.expiresAt, connection) { (result.expires, result.ttl) = (true, ttl) }
        let greeting = Greeting(id, result)
        stage = .connecting(greeting)
        followFromBeginning(request, token, greeting, connection)
        guard case .open = connection.phase else { return }
        guard greeting.pending == 0 else { return connection.pause(.turn) }
        greet(greeting, connection)
    }

    /// The subscriptions that the server makes: those of the token, and the user's own topic.
    private func followFromBeginning(
        _ request: CentrifugeProtocol.ConnectRequest,
        _ token: ConnectionToken,
        _ greeting: Greeting,
        _ connection: ConnectionHandler
    ) {
        var subscriptions = token.subscriptions
        if let prefix = options.personalPrefix, !token.user.isEmpty {
            subscriptions.append(ServerSubscription(topic: prefix + token.user))
        }
        guard !subscriptions.isEmpty else { return }
        guard subscriptions.count <= options.topicsPerConnection else { return close(.channelLimit, connection) }
        // nothing of them comes before the answer that names them
        connection.session?.hold()
        greeting.pending = 1
        for subscription in subscriptions {
            guard place(of: subscription.topic) == nil else { continue }
            guard let topic = try? TopicName(subscription.topic), hub.knows(topic) else {
                connection.log("left out of the beginning", ["chorus.topic": "\(subscription.topic)"])
                continue
            }
            greeting.pending += 1
            follow(
                topic,
                origin: .server,
                request.subs[subscription.topic] ?? CentrifugeProtocol.SubscribeRequest(),
                FollowTerms(info: subscription.info, data: subscription.data, overrides: subscription.overrides),
                connection
            )
        }
        greeting.pending -= 1
    }

    /// It is known how a subscription begins that the server has made at the beginning.
    func found(_ topic: String, _ result: SubscribeResult, for greeting: Greeting, _ connection: ConnectionHandler) {
        greeting.result.subs[topic] = result
        greeting.pending -= 1
        if greeting.pending == 0 { greet(greeting, connection) }
    }

    private func greet(_ greeting: Greeting, _ connection: ConnectionHandler) {
        stage = .connected
        reply(greeting.command, .connect(greeting.result), connection)
        connection.session?.release()
        connection.startKeepAlive()
        connection.resume(.turn)
    }
}

extension String {
    /// So much of what a client says of itself as is kept: 64 scalars, because a character may have any number of them.
    fileprivate var cut: String { String(UnicodeScalarView(unicodeScalars.prefix(64))) }
}
