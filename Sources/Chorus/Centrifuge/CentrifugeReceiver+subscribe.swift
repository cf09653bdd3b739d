import CentrifugeProtocol
import ChorusCore
import Logging
import NIOCore

extension CentrifugeReceiver {
    /// Where a topic stands among those that the client follows.
    func place(of topic: String) -> Int? { followed.firstIndex { $0.topic == topic } }

    func subscribe(_ id: UInt32, _ request: CentrifugeProtocol.SubscribeRequest, _ connection: ConnectionHandler) {
        guard !request.channel.isEmpty, request.delta.isEmpty || request.delta == "fossil" else {
            return close(.badRequest, connection)
        }
        guard let topic = try? TopicName(request.channel), !request.hasTagsFilter else {
            return reply(id, .badRequest, connection)
        }
        // maps and shared polls are another kind of thing
        guard request.type == 0 else { return reply(id, .notAvailable, connection) }
        guard hub.knows(topic) else { return reply(id, .unknownChannel, connection) }
        guard place(of: request.channel) == nil else { return reply(id, .alreadySubscribed, connection) }
        guard followed.count < options.topicsPerConnection else { return reply(id, .limitExceeded, connection) }
        guard request.token.isEmpty else { return verify(id, topic, request, connection) }
        guard hub.mayFollow(topic, user: connection.session?.user) else {
            return reply(id, .permissionDenied, connection)
        }
        guard let hook = connection.loop.core.hooks.onSubscribe else {
            return follow(topic, origin: .client, command: id, request, FollowTerms(), connection)
        }
        guard var opening = self.request else { return reply(id, .internalServerError, connection) }
        opening.user = connection.session?.user
        let question = SubscribeRequest(topic: topic, data: request.data, connection: opening)
        ask(size: 1 + (request.data?.readableBytes ?? 0), connection) {
            try await hook(question).encoded()
        } answered: { receiver, connection, answer in
            switch answer {
            case .success(let info):
                let terms = FollowTerms(info: info)
                receiver.follow(topic, origin: .client, command: id, request, terms, connection)
            case .failure(let error): receiver.reply(id, CommandError(connection.logged(error)), connection)
            }
        }
    }

    /// A client shows a token: who has it may follow the topic, whatever else holds there.
    private func verify(
        _ id: UInt32,
        _ topic: TopicName,
        _ request: CentrifugeProtocol.SubscribeRequest,
        _ connection: ConnectionHandler
    ) {
        guard let tokens = options.tokens else { return reply(id, .permissionDenied, connection) }
        ask(connection) {
            try await tokens.subscription(request.token)
        } answered: { receiver, connection, answer in
            switch answer {
            case .success(let token):
                guard receiver.isOwn(token, topic: request.channel, connection) else {
                    return receiver.close(.invalidToken, connection)
                }
                let terms = FollowTerms(
                    info: token.info,
                    data: token.data,
                    expiresAt: token.expiresAt,
                    overrides: token.overrides
                )
                receiver.follow(topic, origin: .client, command: id, request, terms, connection)
            case .failure(let error as TokenRefusal):
                connection.log("token refused", ["chorus.code": "\(error.code)", "chorus.topic": "\(topic)"])
                receiver.reply(id, error.code == .expired ? .tokenExpired : .permissionDenied, connection)
            case .failure(let error): receiver.reply(id, CommandError(connection.logged(error)), connection)
            }
        }
    }

    /// Whether a token is for this client and this topic.
    func isOwn(_ token: SubscriptionToken, topic: String, _ connection: ConnectionHandler) -> Bool {
        guard let session = connection.session else { return false }
        return token.topic == topic && token.user == session.user ?? ""
            && token.client.map { $0.isEmpty || $0 == session.id.description } ?? true
    }

    /// Follows a topic, from where the client wants it.
    func follow(
        _ topic: TopicName,
        origin: Followed.Origin,
        command: UInt32 = 0,
        _ request: CentrifugeProtocol.SubscribeRequest,
        _ terms: FollowTerms,
        _ connection: ConnectionHandler
    ) {
        var wants: Followed.Wants = []
        if request.recover || terms.since != nil { wants.insert(.recovery) }
        if request.flag & 2 != 0 { wants.insert(.noGap) }
        let namespace = hub.namespace(of: topic)
        let point = point(of: request, terms, in: namespace)
        // a difference is to what came before, which only positions make sure of, and only where nothing is left out
        let isGapless = namespace.history != nil && namespace.overflow != .latest
        if request.delta == "fossil", isGapless, point != .now { wants.insert(.delta) }
        var variant: CentrifugeEncoder.Variant = wants.contains(.delta) ? .newcomer : []
        // where nothing is told, all receive the same
        let isTold = namespace.presence.isOn && namespace.presence.isTold
        if isTold, terms.overrides.forcePushJoinLeave == false, !request.joinLeave { variant.insert(.withoutMembers) }
        var new = Followed(topic: topic.description, origin: origin, command: command, wants: wants)
        new.data = terms.data
        new.expiry = expire(topic, at: terms.expiresAt, connection)
        followed.append(new)
        connection.session?.subscribe(
            to: .named(topic),
            from: point,
            variant: variant.rawValue,
            info: terms.info,
            connectionInfo: connectionInfo,
            visibility: terms.overrides.visibility
        )
    }

    private func point(
        of request: CentrifugeProtocol.SubscribeRequest,
        _ terms: FollowTerms,
        in namespace: Namespace
    ) -> StartingPoint {
        let isForced =
            terms.overrides.forceRecovery ?? (namespace.recovery == .forced)
            || terms.overrides.forcePositioning ?? false
        guard namespace.recovery != .off || isForced else { return .now }
        let since = terms.since ?? (request.recover ? Position(epoch: request.epoch, offset: request.offset) : nil)
        if let seen = since {
            return namespace.recoversLatest ? .latestSince(seen) : .since(seen)
        }
        guard isForced || request.recoverable || request.positioned else { return .now }
        return .last(0)
    }

    /// The program wants the client to follow a topic.
    func follow(_ topic: TopicName, _ terms: FollowTerms, on connection: ConnectionHandler) -> Bool {
        guard case .connected = stage, place(of: topic.description) == nil,
            followed.count < options.topicsPerConnection
        else { return false }
        follow(topic, origin: .server, CentrifugeProtocol.SubscribeRequest(), terms, connection)
        return true
    }

    func unsubscribe(_ id: UInt32, _ channel: String, _ connection: ConnectionHandler) {
        if let place = place(of: channel) {
            let followed = followed.remove(at: place)
            followed.expiry?.cancel(on: connection)
            connection.session?.unsubscribe(from: channel)
            // the commands were carried out in their order, though it never became known where the first would begin
            if followed.command > 0 { reply(followed.command, .subscribe(SubscribeResult()), connection) }
        }
        reply(id, .unsubscribe, connection)
    }

    // MARK: What the shard tells

    func subscriptionBegan(_ topic: String, _ start: SubscriptionStart, on connection: ConnectionHandler) {
        guard let place = place(of: topic) else { return }
        guard followed[place].isPending else { return lost(place, connection) }
        followed[place].isPending = false
        let command = followed[place].command
        followed[place].command = 0
        let wants = followed[place].wants
        if case .gap = start, wants.contains(.noGap), command > 0 {
            followed.remove(at: place).expiry?.cancel(on: connection)
            connection.session?.unsubscribe(from: topic)
            return reply(command, .unrecoverablePosition, connection)
        }
        var result = SubscribeResult(start, wantsRecovery: wants.contains(.recovery))
        result.data = followed[place].data.take()
        result.delta = wants.contains(.delta)
        if let ttl = followed[place].expiry?.ttl { (result.expires, result.ttl) = (true, ttl) }
        guard case .client = followed[place].origin else {
            if case .connecting(let greeting) = stage { return found(topic, result, for: greeting, connection) }
            return push(topic, .subscribe(SubscribePush(result)), connection)
        }
        reply(command, .subscribe(result), connection)
    }

    /// Something is lost to a subscription that had begun: the client comes back for it.
    private func lost(_ place: Int, _ connection: ConnectionHandler) {
        guard case .client = followed[place].origin else { return close(.insufficientState, connection) }
        end(place, .insufficientState, connection)
    }

    /// The program has taken the client out of a topic.
    func subscriptionEnded(_ topic: String, on connection: ConnectionHandler) {
        guard let place = place(of: topic) else { return }
        end(place, .server, connection)
    }

    /// Ends a subscription from this side.
    func end(_ place: Int, _ code: UnsubscribeCode, _ connection: ConnectionHandler) {
        let followed = followed.remove(at: place)
        followed.expiry?.cancel(on: connection)
        connection.session?.unsubscribe(from: followed.topic)
        if followed.command > 0 { reply(followed.command, .subscribe(SubscribeResult()), connection) }
        push(followed.topic, .unsubscribe(code: code.code, reason: code.reason), connection)
    }
}

extension Position {
    /// A position as a client says it. An epoch that is none of ours is none that a topic can be in; none at all is
    /// whichever it is in.
    init(epoch: String, offset: UInt64) {
        let number = epoch.isEmpty ? 0 : UInt64(epoch).flatMap { $0 > 0 ? $0 : nil } ?? .max
        self.init(epoch: number, offset: offset)
    }
}

extension SubscribeResult {
    /// What the client is answered.
    fileprivate init(_ start: SubscriptionStart, wantsRecovery: Bool) {
        self.init(wasRecovering: wantsRecovery)
        switch start {
        case .live: break
        case .recovering(let position, _), .latest(let position):
            set(position)
            recovered = wantsRecovery
        case .gap(let position, _):
            if let position { set(position) }
        }
    }

    private mutating func set(_ position: Position) {
        recoverable = true
        positioned = true
        epoch = String(position.epoch)
        offset = position.offset
    }
}

extension SubscribePush {
    fileprivate init(_ result: SubscribeResult) {
        self.init(
            recoverable: result.recoverable,
            epoch: result.epoch,
            offset: result.offset,
            positioned: result.positioned,
            data: result.data
        )
    }
}
