import JSONWire
package import NIOCore

/// Makes commands of a `batch` from lines.
package struct LineEncoder: Sendable {
    /// Why a line cannot be published.
    package struct Problem: Error, CustomStringConvertible {
        package let description: String
    }

    let topic: String
    let isJSON: Bool
    let key: String?
    /// A field, or the number of a column.
    let keyFrom: String?
    /// Makes keys by which the server recognises what it has accepted.
    private let run = String(UInt64.random(in: .min ... .max), radix: 36)

    package init(topic: String, isJSON: Bool, key: String?, keyFrom: String?) {
        self.topic = topic
        self.isJSON = isJSON
        self.key = key
        self.keyFrom = keyFrom
    }

    /// `{"publish": …}`
    ///
    /// - Parameter number: which line it is.
    package func command(_ line: ByteBuffer, number: Int) throws(Problem) -> ByteBuffer {
        let data = try data(line)
        var key = key
        if let keyFrom { key = try self.key(keyFrom, of: line) }
        let publish = ByteBuffer.jsonObject {
            $0.field("channel", topic)
            $0.field("data", json: data)
            if let key { $0.field("key", key) }
            $0.field("idempotency_key", "\(run)-\(number)")
        }
        return .jsonObject { $0.field("publish", json: publish) }
    }

    private func data(_ line: ByteBuffer) throws(Problem) -> ByteBuffer {
        guard isJSON else {
            let text = String(buffer: line)
            // what is no UTF-8 would reach subscribers as something else
            guard text.utf8.elementsEqual(line.readableBytesView) else {
                throw Problem(description: "this is no text in UTF-8")
            }
            var data = ByteBuffer()
            data.writeJSONString(line.readableBytesView)
            return data
        }
        do throws(JSONError) {
            return try JSONValue(line).text
        } catch {
            throw Problem(description: "this is no JSON: \(error)")
        }
    }

    private func key(_ name: String, of line: ByteBuffer) throws(Problem) -> String {
        if isJSON {
            // it has been checked
            guard let value = try? JSONValue(line)[name], [.string, .number].contains(value.kind) else {
                throw Problem(description: "there is no field \(name) that is a string or a number")
            }
            return value.string ?? String(buffer: value.text)
        }
        let columns = String(buffer: line).split(separator: ",", omittingEmptySubsequences: false)
        guard let column = Int(name), column <= columns.count else {
            throw Problem(description: "there is no column \(name)")
        }
        return columns[column - 1].trimmed
    }
}
