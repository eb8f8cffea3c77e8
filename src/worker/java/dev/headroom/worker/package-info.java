/**
 * The pull worker: takes events from RabbitMQ's queues and Kafka's topics, has them answered, and acknowledges each once its
 * answer is confirmed.
 *
 * <p>Begin with Worker; then RabbitFeed and RabbitSession, KafkaFeed and KafkaPoll.
 */
package dev.headroom.worker;
