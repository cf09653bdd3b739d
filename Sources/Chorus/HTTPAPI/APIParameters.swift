import ChorusCore
import JSONWire
import NIOCore

/// The fields of a request to the HTTP API. A field that is `null` is as one that is missing, fields that nobody knows
/// are passed over, and of several with one name the last one counts.
struct APIParameters {
    private let fields: [String: JSONValue]

    /// Throws 107 when the value is no object.
    init(_ value: JSONValue) throws(APIError) {
        guard let fields = value.fields else { throw .badRequest("a JSON object is expected") }
        self.fields = Dictionary(fields.map { ($0.name, $0.value) }) { $1 }
    }

    /// As it stands there, `null` included.
    subscript(_ name: String) -> JSONValue? { fields[name] }

    func string(_ name: String) throws(APIError) -> String? {
        try read(name, "is a string") { $0.string }
    }

    func bool(_ name: String) throws(APIError) -> Bool {
        try read(name, "is true or false") { $0.bool } ?? false
    }

    func number<Number: FixedWidthInteger>(_ name: String) throws(APIError) -> Number? {
        try read(name, "is a whole number, \(Number.min) to \(Number.max)") { $0.integer() }
    }

    func elements(_ name: String) throws(APIError) -> [JSONValue]? {
        try read(name, "is an array") { $0.elements }
    }

    func object(_ name: String) throws(APIError) -> APIParameters? {
        guard let value = fields[name], value.kind != .null else { return nil }
        guard value.kind == .object else { throw .badRequest("\(name) is an object") }
        return try APIParameters(value)
    }

    func labels(_ name: String) throws(APIError) -> [String: String] {
        try read(name, "is an object of strings") { value in
            value.fields.flatMap { fields in
                let labels = fields.compactMap { field in field.value.string.map { (field.name, $0) } }
                return labels.count == fields.count ? Dictionary(labels) { $1 } : nil
            }
        } ?? [:]
    }

    /// The topic that Centrifugo's API calls `channel`.
    func topic() throws(APIError) -> TopicName {
        guard let name = try string("channel") else { throw .badRequest("channel is missing") }
        return try APIParameters.topic(name)
    }

    static func topic(_ name: String) throws(APIError) -> TopicName {
        do throws(ChorusError) {
            return try TopicName(name)
        } catch {
            throw APIError(error)
        }
    }

    private func read<Value>(
        _ name: String,
        _ rule: String,
        _ body: (JSONValue) -> Value?
    ) throws(APIError) -> Value? {
        guard let value = fields[name], value.kind != .null else { return nil }
        guard let read = body(value) else { throw .badRequest("\(name) \(rule)") }
        return read
    }
}
