import CentrifugeProtocol
import ChorusCore
import NIOCore

extension CentrifugeReceiver {
    /// Calls a procedure of the program. Several may be under way; beyond that, what the client sends waits.
    func call(_ id: UInt32, _ request: CentrifugeProtocol.RPCRequest, _ connection: ConnectionHandler) {
        let core = connection.loop.core
        let calls = core.calls
        guard !core.hooks.procedures.isEmpty else { return reply(id, .notAvailable, connection) }
        guard let handler = core.hooks.procedures[request.method] else { return reply(id, .methodNotFound, connection) }
        guard self.calls[id] == nil else { return reply(id, .badRequest, connection) }
        let limit = connection.loop.configuration.limits.calls
        guard let session = connection.session, calls.begin(limit: limit) else {
            return reply(id, .tooManyRequests, connection)
        }
        let question = RPCRequest(
            method: request.method,
            data: request.data,
            session: session.id,
            user: session.user
        )
        self.calls[id] = HookCall.start(on: connection.loop, time: options.callTime) {
            defer { calls.end() }
            return try await handler(question)
        } _: { [weak self, weak connection] answer in
            guard let self, let connection else { return }
            self.calls[id] = nil
            switch answer {
            case .success(let answer): answered(id, answer, connection)
            case .failure(let error): reply(id, CommandError(connection.logged(error)), connection)
            }
            connection.resume(.program)
        }
        if self.calls.count >= options.callsPerConnection { connection.pause(.program) }
    }

    private func answered(_ id: UInt32, _ answer: Message, _ connection: ConnectionHandler) {
        reply(id, .rpc(answer.data(for: wire)), connection)
    }

    /// What a client sends without wanting an answer.
    func send(_ data: ByteBuffer, _ connection: ConnectionHandler) {
        guard let session = connection.session, let handler = connection.loop.core.hooks.onSend else {
            return close(.notAvailable, connection)
        }
        let question = RPCRequest(method: "", data: data, session: session.id, user: session.user)
        ask(size: data.readableBytes + 1, connection) {
            try await handler(question)
        } answered: { _, connection, answer in
            if case .failure(let error) = answer { _ = connection.logged(error) }
        }
    }
}
