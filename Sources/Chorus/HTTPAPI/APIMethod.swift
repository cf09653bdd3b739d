import ChorusCore
import JSONWire
import NIOCore

/// What the HTTP API can do.
enum APIMethod: String, CaseIterable {
    case publish, broadcast, history, presence, info, batch
    case presenceStats = "presence_stats"
}

extension HTTPAPI {
    /// Does what a request asks for, and gives the value of `result`.
    func perform(_ method: APIMethod, _ parameters: APIParameters) async throws(APIError) -> ByteBuffer {
        do throws(APIError) {
            let result = try await result(of: method, parameters)
            counters.count(method, isError: false)
            return result
        } catch {
            counters.count(method, isError: true)
            throw error
        }
    }

    private func result(of method: APIMethod, _ parameters: APIParameters) async throws(APIError) -> ByteBuffer {
        switch method {
        case .publish: try await publish(parameters)
        case .broadcast: try await broadcast(parameters)
        case .history: try await history(parameters)
        case .presence: try await presence(parameters)
        case .presenceStats: try await presenceStats(parameters)
        case .info: await info()
        case .batch: throw .badRequest("a batch cannot stand in a batch")
        }
    }

    /// Answers as if each were a request of its own: `{"result": …}` or `{"error": …}`.
    func answer(_ body: () async throws(APIError) -> ByteBuffer) async -> (json: ByteBuffer, isError: Bool) {
        do throws(APIError) {
            let result = try await body()
            return (.jsonObject { $0.field("result", json: result) }, false)
        } catch {
            return (.jsonObject { $0.field("error", json: error.json) }, true)
        }
    }

    /// Answers to all, in the order of `questions`: one after the other, or some at once. What comes too late, or does
    /// not fit into the answer any more, is answered with an error and not done.
    func answers(
        to questions: [JSONValue],
        atOnce: Bool,
        stops: Bool = false,
        _ answer: @escaping @Sendable (JSONValue) async -> (json: ByteBuffer, isError: Bool)
    ) async -> [ByteBuffer] {
        let end = ContinuousClock.now + limits.time
        let width = atOnce ? HTTPAPI.mostAtOnce : 1
        var replies: [ByteBuffer] = []
        var size = 0
        for start in stride(from: 0, to: questions.count, by: width) {
            let some = questions[start..<min(questions.count, start + width)]
            guard size < limits.answerSize, .now < end, !Task.isCancelled else {
                let left = ByteBuffer.jsonObject { $0.field("error", json: APIError.notDone.json) }
                replies += [ByteBuffer](repeating: left, count: stops ? 1 : questions.count - start)
                break
            }
            let answers = await HTTPAPI.atOnce(Array(some), answer)
            replies += answers.map(\.json)
            size += answers.reduce(0) { $0 + $1.json.readableBytes }
            if stops, answers.contains(where: \.isError) { break }
        }
        return replies
    }

    private static let mostAtOnce = 64

    private static func atOnce(
        _ questions: [JSONValue],
        _ answer: @escaping @Sendable (JSONValue) async -> (json: ByteBuffer, isError: Bool)
    ) async -> [(json: ByteBuffer, isError: Bool)] {
        if questions.count == 1 { return [await answer(questions[0])] }
        return await withTaskGroup(of: (Int, (json: ByteBuffer, isError: Bool)).self) { group in
            for (index, question) in questions.enumerated() {
                group.addTask { (index, await answer(question)) }
            }
            var replies = [(json: ByteBuffer, isError: Bool)](repeating: (nothing, false), count: questions.count)
            for await (index, reply) in group { replies[index] = reply }
            return replies
        }
    }

    static let nothing = ByteBuffer(string: "{}")
}

/// Runs what the hub does, with the API's errors in place of its own.
func asAPI<Value>(_ body: () async throws(ChorusError) -> Value) async throws(APIError) -> Value {
    do throws(ChorusError) {
        return try await body()
    } catch {
        throw APIError(error)
    }
}
