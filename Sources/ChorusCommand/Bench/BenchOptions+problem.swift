import WebSocketWire

extension BenchOptions {
    /// What is wrong with the options, in one sentence that names one; nil if nothing is.
    package var problem: String? {
        problemOfConnections ?? problemOfPublishing ?? problemOfTimes
    }

    private var problemOfConnections: String? {
        if connections < 1 { return "--connections is at least 1." }
        if topics < 1 || topics > connections { return "--topics is 1 to as many as there are connections." }
        if topic.isEmpty || !topic.allSatisfy(Self.isPlain) {
            return "--topic is made of letters, digits and the characters - . _ ~ :"
        }
        if topics > 1, !url.contains("{topic}"), subscribeMessage?.contains("{topic}") != true {
            return "With --topics the connections need to be told apart: write {topic} in --url or --subscribe-message."
        }
        if let connectRate, !(connectRate >= 0.001 && connectRate <= 1e6) {
            return "--connect-rate is 0.001 to 1,000,000."
        }
        if let field = headers.first(where: { !Self.isField($0.name, $0.value) }) {
            return "--header: \(field.name) cannot be sent."
        }
        if eventLoops < 1 || eventLoops > 1_024 { return "--event-loops is 1 to 1024." }
        if serverProcesses.contains(where: { $0 < 1 }) { return "--pid is the number of a process." }
        return nil
    }

    private var problemOfPublishing: String? {
        if publisherCount < topics { return "--publishers is at least one per topic." }
        if publishURL == nil, publisherCount > connections {
            return "--publishers is at most as many as there are connections, because those publish."
        }
        if publisherCount > 1 << 20 { return "--publishers is at most 1,048,576." }
        if !publishTemplate.contains("{message}") { return "--publish-message has {message} in it." }
        if publishURL != nil, topics > 1, !publishTemplate.contains("{topic}") {
            return "--publish-message has {topic} in it, because there are several --topics."
        }
        if publishURL != nil, isBinary { return "--binary is for publishing over WebSocket." }
        if publishURL != nil, inFlight != nil {
            return "--in-flight is for publishing over WebSocket; by HTTP each publisher has one request under way."
        }
        if rate != nil, inFlight != nil { return "--rate and --in-flight exclude each other." }
        if let inFlight, inFlight < 1 { return "--in-flight is at least 1." }
        if size < BenchMessage.minimumSize || size > 1 << 24 {
            return "--size is \(BenchMessage.minimumSize) to 16777216, because a number and a time are in each message."
        }
        return nil
    }

    private var problemOfTimes: String? {
        if let messages, messages < 1 { return "--messages is at least 1." }
        if let duration, !(duration > 0 && duration <= 86_400) { return "--duration is more than 0 and at most 86400." }
        if !(warmUp >= 0 && warmUp <= 3_600) { return "--warm-up is 0 to 3600." }
        if let rate, !(rate >= 0.001 && rate <= 1e8) { return "--rate is 0.001 to 100,000,000." }
        return nil
    }

    /// What stands in URLs and in JSON as it is.
    private static func isPlain(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "-._~:".contains(character))
    }

    private static func isField(_ name: String, _ value: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy(\.isTokenCharacter) && value.utf8.allSatisfy(\.isFieldValueCharacter)
    }
}
