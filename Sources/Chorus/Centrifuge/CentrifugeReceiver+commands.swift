import CentrifugeProtocol
import ChorusCore
import Logging
import NIOCore

extension CentrifugeReceiver {
    /// Takes commands as long as there are some and nothing is in the way; then sends what there is to be answered.
    func work(_ connection: ConnectionHandler) {
        guard !isWorking else { return }
        isWorking = true
        while case .open = connection.phase, connection.pauses.isEmpty, !isGreeting {
            switch held.take() {
            case .command(let command, _): carryOut(command, connection)
            case .message(let id, let message, let topic):
                if let session = connection.session { publish(id, message, to: topic, session, connection) }
            case nil:
                guard let command = next(connection) else { return isDone(connection) }
                take(command, connection)
            }
        }
        isDone(connection)
    }

    private func isDone(_ connection: ConnectionHandler) {
        isWorking = false
        flush(connection)
    }

    /// The connect command waits for its answer, and all others with it.
    private var isGreeting: Bool {
        if case .connecting = stage { true } else { false }
    }

    private func next(_ connection: ConnectionHandler) -> Command? {
        do throws(ProtocolViolation) {
            guard let command = try commands?.next() else {
                commands = nil
                return nil
            }
            commandCount += 1
            guard commandCount <= options.commandsPerFrame else {
                close(.badRequest, connection)
                return nil
            }
            return command
        } catch {
            connection.log("malformed", ["chorus.reason": "\(error.reason)"])
            close(.badRequest, connection)
            return nil
        }
    }

    private func take(_ command: Command, _ connection: ConnectionHandler) {
        let id = command.id
        guard case .connected = stage else {
            // nothing is worth anything before it is known who the client is
            guard case .new = stage, case .connect(let request) = command.request, id > 0 else {
                return close(.badRequest, connection)
            }
            guard case .within = verdict() else { return close(.tooManyRequests, connection) }
            return connect(id, request, connection)
        }
        guard id > 0 else {
            switch command.request {
            case .send(let data):
                // there is no answer that could tell of a refusal
                guard case .within = verdict() else { return close(.tooManyRequests, connection) }
                return send(data, connection)
            case .empty where openPings > 0:
                openPings -= 1
                return
            default: return close(.badRequest, connection)
            }
        }
        switch verdict() {
        case .within: break
        case .beyond: return reply(id, .tooManyRequests, connection)
        case .farBeyond: return close(.tooManyRequests, connection)
        }
        carryOut(command, connection)
    }

    private func carryOut(_ command: Command, _ connection: ConnectionHandler) {
        let id = command.id
        switch command.request {
        case .connect, .empty: close(.badRequest, connection)
        case .subscribe(let request): subscribe(id, request, connection)
        case .unsubscribe(let channel): unsubscribe(id, channel, connection)
        case .publish(let request): publish(command, request, connection)
        case .presence(let channel): presence(id, channel, connection)
        case .presenceStats(let channel): presenceStats(id, channel, connection)
        case .history(let request): history(id, request, connection)
        case .ping: reply(id, .notAvailable, connection)
        case .send(let data): send(data, connection)
        case .rpc(let request): call(id, request, connection)
        case .refresh(let token): refresh(id, token, connection)
        case .subRefresh(let request): subRefresh(id, request, connection)
        }
    }

    /// Whether the client may send one more command.
    private func verdict() -> CommandBudget.Verdict {
        guard let rate = options.commandRate else { return .within }
        return budget.spend(at: frameTime, rate: rate, burst: options.commandBurst)
    }

    /// Asks something that takes time. Nothing more is taken from the client before `answered` has returned.
    func ask<Answer: Sendable>(
        size: Int = 1,
        _ connection: ConnectionHandler,
        _ question: @escaping @Sendable () async throws -> Answer,
        answered: @escaping (CentrifugeReceiver, ConnectionHandler, Result<Answer, any Error>) -> Void
    ) {
        connection.ask(size: size, question) { [weak self] connection, answer in
            guard let self else { return }
            connection.question = nil
            answered(self, connection, answer)
            flush(connection)
            if connection.question == nil, !isGreeting { connection.resume(.turn) }
        }
    }
}
