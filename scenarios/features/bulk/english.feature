# language: en
Feature: 一括照会（英語の語彙） | Asking about many, in the English vocabulary

  Background:
    Given the time is 2026-04-01 09:30

  @id:in-english
  Scenario: 一括照会から照会番号の確認まで | From a registration to a bulk query
    When "見本診療所" registers in bulk for "hanako" the reference number 'P-0001', for "taro" 'P-0002'
    Then 2 reference numbers are registered and 0 are not [OQS-REF-05]
    When "見本診療所" asks about "hanako" and "taro" in bulk
    Then the bulk query is first answered by a reception number [OQS-BULK-01]
    And the bulk result is asked for again while in process, and taken in [OQS-MSG-12]
    And in bulk "hanako" is answered as valid [OQS-BULK-03]
    And in bulk the reference number of "taro" is 'P-0002' [OQS-REF-02, OQS-BULK-03]
    When "見本診療所" asks for the bulk result by its reception number
    Then the bulk result is given [OQS-BULK-02]
