import CentrifugeProtocol
import ChorusCore
import NIOCore

/// What a client asks about a topic. It may where it may follow it, or does.
extension CentrifugeReceiver {
    /// The most members that are named.
    private static let mostMembers = 10_000

    func presence(_ id: UInt32, _ channel: String, _ connection: ConnectionHandler) {
        guard let topic = readable(id, channel, connection) else { return }
        ask(connection) { [hub] in
            try await hub.presence(in: topic, limit: CentrifugeReceiver.mostMembers)
        } answered: { receiver, connection, answer in
            switch answer {
            case .success(let members):
                let all = members.map { ($0.id, ClientInfo($0)) }
                receiver.reply(id, .presence(Dictionary(all) { $1 }), connection)
            case .failure(let error): receiver.reply(id, CommandError(error), connection)
            }
        }
    }

    func presenceStats(_ id: UInt32, _ channel: String, _ connection: ConnectionHandler) {
        guard let topic = readable(id, channel, connection) else { return }
        ask(connection) { [hub] in
            try await hub.presenceCount(in: topic)
        } answered: { receiver, connection, answer in
            switch answer {
            case .success(let count):
                let result = CommandResult.presenceStats(
                    clients: UInt32(clamping: count.sessions),
                    users: UInt32(clamping: count.differentUsers)
                )
                receiver.reply(id, result, connection)
            case .failure(let error): receiver.reply(id, CommandError(error), connection)
            }
        }
    }

    func history(_ id: UInt32, _ request: HistoryRequest, _ connection: ConnectionHandler) {
        guard let topic = readable(id, request.channel, connection) else { return }
        let namespace = hub.namespace(of: topic)
        // where there is none, that is what is said
        guard namespace.history == nil || namespace.recovery != .off else {
            return reply(id, .permissionDenied, connection)
        }
        let since = request.since.map { Position(epoch: $0.epoch, offset: $0.offset) }
        let limit = request.limit < 0 ? options.historyLimit : min(Int(request.limit), options.historyLimit)
        ask(connection) { [hub] in
            try await hub.history(of: topic, since: since, limit: limit, reverse: request.reverse)
        } answered: { receiver, connection, answer in
            switch answer {
            case .success(let page):
                let result = HistoryResult(
                    publications: page.messages.map { CentrifugeProtocol.Publication($0, receiver.wire) },
                    epoch: String(page.position.epoch),
                    offset: page.position.offset
                )
                receiver.reply(id, .history(result), connection)
            case .failure(let error): receiver.reply(id, CommandError(error), connection)
            }
        }
    }

    /// The topic of a name that the client may read; `nil` after an answer that says why not.
    private func readable(_ id: UInt32, _ channel: String, _ connection: ConnectionHandler) -> TopicName? {
        guard let topic = try? TopicName(channel) else {
            reply(id, .badRequest, connection)
            return nil
        }
        guard hub.knows(topic) else {
            reply(id, .unknownChannel, connection)
            return nil
        }
        // who may follow it is for a hook to say, if there is one
        let isFree = connection.loop.core.hooks.onSubscribe == nil
        guard place(of: channel) != nil || (isFree && hub.mayFollow(topic, user: connection.session?.user)) else {
            reply(id, .permissionDenied, connection)
            return nil
        }
        return topic
    }
}

extension PresenceCount {
    /// Different users as the protocol, and the HTTP API, count them: those without a name are one together.
    var differentUsers: Int { users + (anonymous > 0 ? 1 : 0) }
}
