import ChorusCore
import JSONWire
import NIOCore

extension APIMethod {
    static let batch = APIMethod(
        name: "batch",
        summary: "Several commands, one after the other. What it gives stands in no result.",
        fields: [BatchFields.commands.required, BatchFields.parallel.optional, BatchFields.stopOnError.optional],
        result: .object([.field("replies", .array(of: .reference("Reply")), "In the order of the commands.")])
    ) { _, _ throws(APIError) in throw .badRequest("a batch cannot stand in a batch") }
}

private enum BatchFields {
    static let commands = APIField<[JSONValue]>.array(
        "commands",
        of: .reference("Command"),
        "Each an object of one method and its fields."
    )
    static let parallel = APIField<Bool>.flag("parallel", "At once, so in no order.")
    static let stopOnError = APIField<Bool>.flag(
        "stop_on_error",
        "The first error is the last reply, and what follows it is not done."
    )
}

extension HTTPAPI {
    /// `batch`: several commands, one after the other, or with `parallel` at once. Gives `replies` in their order; they
    /// stand in no `result`. With `stop_on_error`, which Centrifugo does not have, the first error is the last reply,
    /// and what follows it is not done: so the order of what is published outlives that it is published again.
    func batch(_ parameters: APIParameters) async throws(APIError) -> ByteBuffer {
        let commands = try parameters.require(BatchFields.commands)
        guard commands.count <= limits.listLength else {
            throw .badRequest("commands has more than \(limits.listLength) elements")
        }
        let stops = try parameters[BatchFields.stopOnError] ?? false
        let isParallel = try parameters[BatchFields.parallel] ?? false
        counters.count(.batch, isError: false)
        let replies = await answers(to: commands, atOnce: isParallel && !stops, stops: stops) { await reply(to: $0) }
        return .jsonObject { $0.field("replies", elements: replies) }
    }

    /// A command is an object of one field, the method, and so is its reply.
    private func reply(to command: JSONValue) async -> (json: ByteBuffer, isError: Bool) {
        guard let fields = command.fields, fields.count == 1, let field = fields.first else {
            return (APIError.badRequest("a command is an object of one field").reply, true)
        }
        return await answer(as: field.name) { () throws(APIError) in
            try await perform(field.name, field.value)
        }
    }

    /// Does what is asked for by name, of fields that are one JSON value.
    func perform(_ name: String, _ value: JSONValue) async throws(APIError) -> ByteBuffer {
        guard let method = APIMethod.named(name) else { throw .methodNotFound }
        guard let parameters = APIParameters(value) else { throw .badRequest("a JSON object is expected") }
        return try await perform(method, parameters)
    }
}
