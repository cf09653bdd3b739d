import ChorusCore
import JSONWire
import NIOCore

extension HTTPAPI {
    /// `batch`: several commands, one after the other, or with `parallel` at once. Gives `replies` in their order; they
    /// stand in no `result`. With `stop_on_error`, which Centrifugo does not have, the first error is the last reply,
    /// and what follows it is not done: so the order of what is published outlives that it is published again.
    func batch(_ parameters: APIParameters) async throws(APIError) -> ByteBuffer {
        guard let commands = try parameters.elements("commands") else { throw .badRequest("commands is missing") }
        guard commands.count <= limits.listLength else {
            throw .badRequest("commands has more than \(limits.listLength) elements")
        }
        counters.count(.batch, isError: false)
        let stops = try parameters.bool("stop_on_error")
        let replies =
            try parameters.bool("parallel") && !stops
            ? await HTTPAPI.atOnce(commands) { await reply(to: $0).json }
            : await oneByOne(commands, stops: stops)
        return .jsonObject { $0.field("replies", elements: replies) }
    }

    private func oneByOne(_ commands: [JSONValue], stops: Bool) async -> [ByteBuffer] {
        var replies: [ByteBuffer] = []
        replies.reserveCapacity(commands.count)
        for command in commands {
            let reply = await reply(to: command)
            replies.append(reply.json)
            if stops, reply.isError { break }
        }
        return replies
    }

    /// Answers to all, each found out in a task of its own, in the order of `questions`.
    static func atOnce(
        _ questions: [JSONValue],
        _ answer: @escaping @Sendable (JSONValue) async -> ByteBuffer
    ) async -> [ByteBuffer] {
        if questions.count == 1 { return [await answer(questions[0])] }
        return await withTaskGroup(of: (Int, ByteBuffer).self) { group in
            for (index, question) in questions.enumerated() {
                group.addTask { (index, await answer(question)) }
            }
            var replies = [ByteBuffer](repeating: ByteBuffer(), count: questions.count)
            for await (index, reply) in group { replies[index] = reply }
            return replies
        }
    }

    /// A command is an object of one field, the method, and so is its reply.
    private func reply(to command: JSONValue) async -> (json: ByteBuffer, isError: Bool) {
        do throws(APIError) {
            guard let field = command.fields?.first else { throw .badRequest("a command is an object of one field") }
            guard let method = APIMethod(rawValue: field.name) else { throw .methodNotFound }
            let result = try await perform(method, APIParameters(field.value))
            return (.jsonObject { $0.field(field.name, json: result) }, false)
        } catch {
            return (.jsonObject { $0.field("error", json: error.json) }, true)
        }
    }
}
