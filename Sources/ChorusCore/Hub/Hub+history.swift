extension Hub {
    /// What a topic has kept, oldest first, or newest first in reverse.
    ///
    /// Throws ``ChorusError/Code/noHistory`` when the topic keeps nothing, and
    /// ``ChorusError/Code/unrecoverablePosition`` when `since` is of another epoch: the topic was lost or recreated.
    ///
    /// - Parameters:
    ///   - since: only messages after this one, or before it in reverse. Messages that are not kept any more are left
    ///     out: compare with ``HistoryPage/first``.
    ///   - limit: the most messages, 16 MiB of payloads at the most; 0 for the topic's position alone. Default 100.
    ///   - reverse: from newer to older. Default no.
    public func history(
        of topic: TopicName,
        since: Position? = nil,
        limit: Int = 100,
        reverse: Bool = false
    ) async throws(ChorusError) -> HistoryPage {
        guard namespaces[topic].options.history != nil else {
            throw ChorusError(.noHistory, "\(topic) keeps no history")
        }
        let page = try await page(of: topic, HistoryQuery(offset: since?.offset, limit: limit, isReverse: reverse))
        if let since, !since.isIn(page.position.epoch) {
            throw ChorusError(
                .unrecoverablePosition,
                "\(topic) is at \(page.position), and \(since) is of another epoch"
            )
        }
        return page
    }

    /// The newest message of every key (``Message/key``), in the order in which they were published.
    ///
    /// Throws ``ChorusError/Code/noHistory`` when the topic keeps none (``Namespace/latest``).
    ///
    /// - Parameters:
    ///   - offset: only messages after this one. Default 0.
    ///   - limit: the most messages, 16 MiB of payloads at the most; go on after the last one. Default all that are
    ///     kept.
    public func latest(
        of topic: TopicName,
        after offset: UInt64 = 0,
        limit: Int = .max
    ) async throws(ChorusError) -> HistoryPage {
        guard namespaces[topic].options.latest != nil else {
            throw ChorusError(.noHistory, "\(topic) keeps no newest messages")
        }
        return try await page(of: topic, HistoryQuery(offset: offset, limit: limit, isLatest: true))
    }

    private func page(of topic: TopicName, _ query: HistoryQuery) async throws(ChorusError) -> HistoryPage {
        let kept = namespaces[topic].kept ?? .nothing
        return try await withUnsafeContinuation { continuation in
            broker.history(of: topic, keeping: kept, query) { continuation.resume(returning: $0) }
        }.get()
    }

    /// Forgets what a topic has kept. Throws ``ChorusError/Code/noHistory`` when it keeps nothing, and what the broker
    /// says.
    ///
    /// The topic goes on where it is: who follows it notices nothing, and who comes back having seen the newest message
    /// has missed nothing.
    public func removeHistory(of topic: TopicName) async throws(ChorusError) {
        guard namespaces[topic].kept != nil else { throw ChorusError(.noHistory, "\(topic) keeps no history") }
        try await withUnsafeContinuation { continuation in
            broker.removeHistory(of: topic) { continuation.resume(returning: $0) }
        }.get()
    }
}
