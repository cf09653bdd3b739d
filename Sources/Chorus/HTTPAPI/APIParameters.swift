import ChorusCore
import JSONWire

/// The fields of a request to the HTTP API. A field that is `null` is as one that is missing, fields that nobody knows
/// are passed over, and of several with one name the last one counts.
struct APIParameters: Sendable {
    private let fields: [(name: String, value: JSONValue)]

    /// Those of a request that has none.
    static let empty = APIParameters(fields: [])

    private init(fields: [(name: String, value: JSONValue)]) { self.fields = fields }

    /// `nil` when the value is no object.
    init?(_ value: JSONValue) {
        guard let fields = value.fields else { return nil }
        self.fields = fields
    }

    /// As it stands there, `null` included.
    func value(_ name: String) -> JSONValue? { fields.last { $0.name == name }?.value }

    /// What stands in a field; `nil` when nothing does. Throws 107 for what may not stand there.
    subscript<Value>(_ field: APIField<Value>) -> Value? {
        get throws(APIError) {
            guard let value = value(field.name), value.kind != .null else { return nil }
            guard let read = field.read(value) else { throw .badRequest("\(field.name) \(field.rule)") }
            return read
        }
    }

    /// Throws 107 when nothing stands there too.
    func require<Value>(_ field: APIField<Value>) throws(APIError) -> Value {
        guard let value = try self[field] else { throw .badRequest("\(field.name) is missing") }
        return value
    }

    static func topic(_ name: String) throws(APIError) -> TopicName {
        do throws(ChorusError) {
            return try TopicName(name)
        } catch {
            throw APIError(error)
        }
    }

    /// Throws 108 when a field asks for what is not here: to do it for others than those who were meant would be worse.
    func refuse(_ names: String...) throws(APIError) {
        for name in names {
            guard let value = value(name), value.kind != .null, value.bool != false, value.string?.isEmpty != true
            else { continue }
            throw .notAvailable("there is no \(name)")
        }
    }
}

extension HTTPAPI {
    /// The topic that Centrifugo's API calls `channel`. Throws 102 when there is no such topic.
    func topic(of parameters: APIParameters) throws(APIError) -> TopicName {
        try topic(parameters.require(APIFields.channel))
    }

    func topic(_ name: String) throws(APIError) -> TopicName {
        let topic = try APIParameters.topic(name)
        guard hub.knows(topic) else { throw .unknownTopic }
        return topic
    }
}
