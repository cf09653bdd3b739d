import CentrifugeProtocol
import ChorusCore
import Logging
import NIOCore

/// When a token has to be renewed: that of a connection, or of one of its subscriptions.
struct TokenExpiry {
    /// In how many seconds, as the client is told.
    let ttl: UInt32
    /// When it has not been renewed, and the grace is over.
    fileprivate let end: Expiry

    func cancel(on connection: ConnectionHandler) { end.cancel(on: connection) }
}

extension CentrifugeReceiver {
    /// The connection ends some time after a point in time, unless the client shows a newer token. Returns in how many
    /// seconds that point is; `nil` for none.
    func expire(at time: Int64?, _ connection: ConnectionHandler) -> UInt32? {
        expiry?.cancel(on: connection)
        expiry = start(time, connection) { receiver, connection in receiver.close(.connectionExpired, connection) }
        return expiry?.ttl
    }

    /// The same for a subscription.
    func expire(_ topic: TopicName, at time: Int64?, _ connection: ConnectionHandler) -> TokenExpiry? {
        start(time, connection) { receiver, connection in
            guard let place = receiver.place(of: topic.description) else { return }
            guard case .client = receiver.followed[place].origin else {
                return receiver.close(.subscriptionExpired, connection)
            }
            receiver.end(place, .expired, connection)
        }
    }

    /// The program says anew how long the connection may last, and what is said of it.
    func refresh(until time: Int64?, info: ByteBuffer?, on connection: ConnectionHandler) {
        guard case .connected = stage else { return }
        renew(info)
        let ttl = expire(at: time, connection)
        push("", .refresh(expires: ttl != nil, ttl: ttl ?? 0), connection)
    }

    /// What is said of the connection from now on, if there is anything new.
    private func renew(_ info: ByteBuffer?) {
        guard let info else { return }
        connectionInfo = info
        publisher = nil
    }

    private func start(
        _ time: Int64?,
        _ connection: ConnectionHandler,
        _ expired: @escaping (CentrifugeReceiver, ConnectionHandler) -> Void
    ) -> TokenExpiry? {
        guard let time, time > 0 else { return nil }
        let now = WallClock.milliseconds
        let ttl = UInt32(clamping: max(1, time - now / 1000))
        // from when the client is told on, so that who waits as long has the whole grace
        let end = now + Int64(ttl) * 1000 + options.expiryGrace.nanoseconds / 1_000_000
        let expiry = Expiry(of: connection, at: end) { [weak self] connection in
            if let self { expired(self, connection) }
        }
        return TokenExpiry(ttl: ttl, end: expiry)
    }

    func refresh(_ id: UInt32, _ token: String, _ connection: ConnectionHandler) {
        guard !token.isEmpty, let tokens = options.tokens else { return close(.badRequest, connection) }
        ask(connection) {
            try await tokens.connection(token)
        } answered: { receiver, connection, answer in
            switch answer {
            case .success(let token):
                guard let session = connection.session, token.user == session.user ?? "" else {
                    return receiver.close(.invalidToken, connection)
                }
                receiver.renew(token.info)
                let ttl = receiver.expire(at: token.expiresAt, connection)
                let result = RefreshResult(
                    client: session.id.description,
                    version: BroadcastServer.version,
                    expires: ttl != nil,
                    ttl: ttl ?? 0
                )
                receiver.reply(id, .refresh(result), connection)
            case .failure(let error as TokenRefusal):
                connection.log("token refused", ["chorus.code": "\(error.code)"])
                receiver.close(error.code == .expired ? .connectionExpired : .invalidToken, connection)
            case .failure(let error): receiver.reply(id, CommandError(connection.logged(error)), connection)
            }
        }
    }

    func subRefresh(_ id: UInt32, _ request: SubRefreshRequest, _ connection: ConnectionHandler) {
        // tracking is of shared polls
        guard request.type == 0 else { return reply(id, .notAvailable, connection) }
        guard place(of: request.channel) != nil, let topic = try? TopicName(request.channel) else {
            return reply(id, .permissionDenied, connection)
        }
        guard !request.token.isEmpty, let tokens = options.tokens else { return close(.badRequest, connection) }
        ask(connection) {
            try await tokens.subscription(request.token)
        } answered: { receiver, connection, answer in
            switch answer {
            case .success(let token):
                guard receiver.isOwn(token, topic: request.channel, connection) else {
                    return receiver.close(.invalidToken, connection)
                }
                // it may have ended meanwhile
                guard let place = receiver.place(of: request.channel) else {
                    return receiver.reply(id, .permissionDenied, connection)
                }
                receiver.followed[place].expiry?.cancel(on: connection)
                let expiry = receiver.expire(topic, at: token.expiresAt, connection)
                receiver.followed[place].expiry = expiry
                receiver.reply(id, .subRefresh(expires: expiry != nil, ttl: expiry?.ttl ?? 0), connection)
            case .failure(let error as TokenRefusal):
                connection.log("token refused", ["chorus.code": "\(error.code)", "chorus.topic": "\(topic)"])
                guard error.code == .expired, let place = receiver.place(of: request.channel) else {
                    return receiver.close(.invalidToken, connection)
                }
                receiver.reply(id, .expired, connection)
                receiver.end(place, .expired, connection)
            case .failure(let error): receiver.reply(id, CommandError(connection.logged(error)), connection)
            }
        }
    }
}
