import JSONWire
import NIOCore

extension HTTPAPI {
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
                let left = [ByteBuffer](repeating: APIError.notDone.reply, count: stops ? 1 : questions.count - start)
                return replies + left
            }
            let answers = await HTTPAPI.atOnce(some, answer)
            replies += answers.map(\.json)
            size += answers.reduce(0) { $0 + $1.json.readableBytes }
            if stops, answers.contains(where: \.isError) { break }
        }
        return replies
    }

    private static let mostAtOnce = 64

    private static func atOnce(
        _ questions: ArraySlice<JSONValue>,
        _ answer: @escaping @Sendable (JSONValue) async -> (json: ByteBuffer, isError: Bool)
    ) async -> [(json: ByteBuffer, isError: Bool)] {
        if questions.count == 1, let only = questions.first { return [await answer(only)] }
        return await withTaskGroup(of: (Int, (json: ByteBuffer, isError: Bool)).self) { group in
            for (index, question) in questions.enumerated() {
                group.addTask { (index, await answer(question)) }
            }
            var replies = [(json: ByteBuffer, isError: Bool)](repeating: (nothing, false), count: questions.count)
            for await (index, reply) in group { replies[index] = reply }
            return replies
        }
    }

    /// Answers as if each were a request of its own: `{"result": …}` or `{"error": …}`.
    func answer(
        as name: String = "result",
        _ body: () async throws(APIError) -> ByteBuffer
    ) async -> (json: ByteBuffer, isError: Bool) {
        do throws(APIError) {
            let result = try await body()
            return (.jsonObject { $0.field(name, json: result) }, false)
        } catch {
            return (error.reply, true)
        }
    }
}
