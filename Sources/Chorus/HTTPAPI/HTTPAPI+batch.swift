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
        let stops = try parameters.bool("stop_on_error")
        let isParallel = try parameters.bool("parallel")
        counters.count(.batch, isError: false)
        let replies = await answers(to: commands, atOnce: isParallel && !stops, stops: stops) { await reply(to: $0) }
        return .jsonObject { $0.field("replies", elements: replies) }
    }

    /// A command is an object of one field, the method, and so is its reply.
    private func reply(to command: JSONValue) async -> (json: ByteBuffer, isError: Bool) {
        do throws(APIError) {
            guard let fields = command.fields, fields.count == 1, let field = fields.first else {
                throw .badRequest("a command is an object of one field")
            }
            guard let method = APIMethod(rawValue: field.name) else { throw .methodNotFound }
            let result = try await perform(method, APIParameters(field.value))
            return (.jsonObject { $0.field(field.name, json: result) }, false)
        } catch {
            return (.jsonObject { $0.field("error", json: error.json) }, true)
        }
    }
}
