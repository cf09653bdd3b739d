extension Hub {
    /// Whether a client may follow a topic by itself.
    package func mayFollow(_ topic: TopicName, user: String?) -> Bool {
        namespaces[topic].options.subscribers.includes(user) && isMeant(topic, for: user)
    }

    /// Whether a topic is for a user without a token for it, by its name (``Configuration/userSeparator``,
    /// ``Configuration/privatePrefix``).
    package func isMeant(_ topic: TopicName, for user: String?) -> Bool {
        if let prefix = configuration.privatePrefix, topic.description.hasPrefix(prefix) { return false }
        guard let separator = configuration.userSeparator,
            let start = topic.description.firstIndex(of: separator)
        else { return true }
        let users = topic.description[start...].dropFirst().split(separator: ",", omittingEmptySubsequences: false)
        return user.map { users.contains($0[...]) } ?? false
    }
}
