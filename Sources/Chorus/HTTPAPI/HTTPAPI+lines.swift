import JSONWire
import NIOCore

private enum LineFields {
    static let id = APIField<UInt32>.number("id", "Comes back with the answer.")
    static let method = APIField<String>.string("method", "What is to be done.")
    static let params = APIField<APIParameters>.object("params", [], "Its fields.")
}

extension HTTPAPI {
    /// The way of older clients: commands, one a line, `{"id": 1, "method": "publish", "params": {…}}`. They are done
    /// one after the other, and each is answered by a line, `{"id": 1, "result": {…}}` or `{"id": 1, "error": {…}}`.
    func lines(_ body: ByteBuffer) async throws(APIError) -> ByteBuffer {
        var commands: [JSONValue] = []
        var rest = body.readableBytesView
        // one line at a time: a body of nothing but short lines is not taken apart before it is refused
        while !rest.isEmpty {
            let line = rest.prefix { $0 != UInt8(ascii: "\n") }
            rest = rest.dropFirst(line.count + 1)
            // a slice of a buffer's view is within the buffer
            let text = body.getSlice(at: line.startIndex, length: line.count) ?? ByteBuffer()
            if line.allSatisfy({ $0 <= 0x20 }) { continue }
            commands.append(try HTTPAPI.json(text))
            guard commands.count <= limits.listLength else {
                throw .malformed("there are more than \(limits.listLength) commands")
            }
        }
        guard !commands.isEmpty else { throw .malformed("there is no command") }
        var answer = ByteBuffer()
        for line in await answers(to: commands, atOnce: false, { await line($0) }) {
            answer.writeImmutableBuffer(line)
            answer.writeInteger(UInt8(ascii: "\n"))
        }
        return answer
    }

    private func line(_ command: JSONValue) async -> (json: ByteBuffer, isError: Bool) {
        var id: UInt32 = 0
        do throws(APIError) {
            guard let fields = APIParameters(command) else { throw .badRequest("a JSON object is expected") }
            id = try fields[LineFields.id] ?? 0
            guard let method = APIMethod.named(try fields.require(LineFields.method)) else { throw .methodNotFound }
            let parameters = try fields[LineFields.params]
            let result = try await perform(method, parameters ?? .empty)
            return (HTTPAPI.line(id, "result", result), false)
        } catch {
            return (HTTPAPI.line(id, "error", error.json), true)
        }
    }

    private static func line(_ id: UInt32, _ name: String, _ json: ByteBuffer) -> ByteBuffer {
        .jsonObject {
            if id != 0 { $0.field("id", id) }
            $0.field(name, json: json)
        }
    }
}
