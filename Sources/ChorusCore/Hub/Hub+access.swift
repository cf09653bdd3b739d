extension Hub {
    /// What a topic's name says of a user.
    package enum Audience: Sendable {
        /// Nothing: the namespace's rules hold.
        case open
        /// That it is for him, among others (``Configuration/userSeparator``).
        case named
        /// That it is for others, or for those who have a token for it (``Configuration/privatePrefix``).
        case others
    }

    /// Whether a client may follow a topic by itself.
    package func mayFollow(_ topic: TopicName, user: String?) -> Bool {
        switch audience(of: topic, user) {
        case .open: namespaces[topic].options.subscribers.includes(user)
        case .named: true
        case .others: false
        }
    }

    /// What a topic's name says of a user. The users that it names stand behind the last separator.
    package func audience(of topic: TopicName, _ user: String?) -> Audience {
        if let privatePrefix, topic.description.hasPrefix(privatePrefix) { return .others }
        // most names have none, and bytes are quicker to look through than characters
        guard let userSeparator, let first = userSeparator.utf8.first, topic.description.utf8.contains(first),
            let start = topic.description.lastIndex(of: userSeparator)
        else { return .open }
        let users = topic.description[start...].dropFirst().split(separator: ",", omittingEmptySubsequences: false)
        return user.map { users.contains($0[...]) } ?? false ? .named : .others
    }
}
